import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

const LAG_RESOLUTION_MS = 20
const LAG_PERCENTILES = [50, 90, 99, 100]

/** Registers what describes the process: CPU, memory, start time, event-loop lag, build. Read at scrape time. Returns how to stop. */
export function registerProcessMetrics(registry: Registry, prefix: string, version: string): () => void {
  registerUsage(registry)
  new Gauge({
    name: `${prefix}build_info`,
    help: 'Always 1; the labels say what is running.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version, node_version: process.version }, 1)
  return registerEventLoopLag(registry, prefix)
}

/** Under the names that dashboards for any process expect. @see https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics */
function registerUsage(registry: Registry): void {
  const registers = [registry]
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time spent, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since the Unix epoch, in seconds.',
    registers,
  }).set(performance.timeOrigin / 1000)
}

/** The histogram is filled by a native timer, which costs the event loop nothing measurable. */
function registerEventLoopLag(registry: Registry, prefix: string): () => void {
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  delays.enable()
  new Gauge({
    name: `${prefix}event_loop_lag_seconds`,
    help: 'How late the event loop ran since the last scrape, by quantile.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const percentile of LAG_PERCENTILES) {
        const lagMs = delays.percentile(percentile) / 1e6 - LAG_RESOLUTION_MS // what is recorded includes the timer's own period
        this.set({ quantile: String(percentile / 100) }, Math.max(0, lagMs) / 1000)
      }
      delays.reset()
    },
  })
  return () => void delays.disable()
}
