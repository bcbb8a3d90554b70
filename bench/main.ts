/** `npm run bench`: what the gateway costs, next to a proxy that does nothing else. It measures; it asserts nothing. */
import { Figures, type Section } from './figures.ts'
import { measureCpu } from './measure-cpu.ts'
import { measureLatency } from './measure-latency.ts'
import { measureMemory } from './measure-memory.ts'
import { measureStart } from './measure-start.ts'
import { measureStreams } from './measure-stream.ts'
import { type Measurement, warmUp } from './measurement.ts'
import { type BenchOptions, readOptions } from './options.ts'
import { buildReport, formatReport } from './report.ts'
import { DEFAULT_SCALE, QUICK_SCALE } from './scale.ts'
import { openStage, type RunningTarget, type Stage } from './stage.ts'
import { chooseTargets, type Target } from './targets.ts'

const MEASURE: Readonly<Record<Section, (measurement: Measurement) => Promise<void>>> = {
  cpu: measureCpu,
  latency: measureLatency,
  stream: measureStreams,
  memory: measureMemory,
  start: measureStart,
}

// ended from outside, we still end what we started
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const options = readOptions(process.argv.slice(2))
if ('text' in options) {
  console.error(options.text)
  process.exitCode = options.exitCode
} else await bench(options)

async function bench(chosen: BenchOptions): Promise<void> {
  const stage = await openStage(chosen.profileFolder)
  try {
    const measurement = await prepare(stage, chosen)
    const { running, directs, figures } = measurement
    if (chosen.sections.some(needsWarmth)) {
      progress('warming up')
      await warmUp(measurement)
    }
    for (const section of chosen.sections) {
      progress(section)
      await MEASURE[section](measurement)
    }
    const report = buildReport(
      figures,
      [...directs, ...running].map(({ target }) => target),
    )
    console.log(chosen.isJson ? JSON.stringify(report, null, 2) : `\n${formatReport(report)}`)
  } finally {
    await stage.close()
  }
}

async function prepare(stage: Stage, chosen: BenchOptions): Promise<Measurement> {
  const targets: Target[] = []
  const running: RunningTarget[] = []
  for (const target of chooseTargets(chosen.targets)) {
    try {
      running.push(await stage.start(target))
      targets.push(target)
    } catch (error) {
      // a peer that cannot be had is no reason to measure nothing
      if (target.group !== 'peer') throw error
      progress(`without ${target.title}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const workloads = new Set(targets.map(({ workload }) => workload))
  const scale = chosen.isQuick ? QUICK_SCALE : DEFAULT_SCALE
  const directs = [...workloads].map((workload) => stage.direct(workload))
  return { stage, figures: new Figures(), scale, targets, running, directs }
}

/** The others use processes of their own. */
function needsWarmth(section: Section): boolean {
  return section === 'latency' || section === 'stream'
}

/** Off stdout, which is for the report. */
function progress(text: string): void {
  console.error(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${text}`)
}
