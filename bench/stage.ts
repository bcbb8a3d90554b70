import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, launch, type MeasuredProcess } from './launch.ts'
import type { LoadJob, LoadRequest, LoadResult } from './load-job.ts'
import type { ProcessFigures } from './probe.ts'
import type { Site } from './site.ts'
import { directTo, type Subject, type Target } from './targets.ts'
import type { Workload } from './workload.ts'

export interface RunningTarget {
  readonly target: Subject
  readonly process: MeasuredProcess
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
}

/** What one piece of load cost the process that bore it. */
export interface Cost extends LoadResult {
  readonly cpuUs: number
}

/** The simulated provider and the load, each in its own process, and everything that stands between them. */
export interface Stage {
  /** The provider, asked without anything in between. */
  direct(workload: Workload): RunningTarget
  site(target: Target): Promise<Site>
  start(target: Target): Promise<RunningTarget>
  /** Throws where any request failed: a figure made of errors is worth nothing. */
  load(job: LoadJob, running: RunningTarget): Promise<LoadResult>
  loadAtCost(job: LoadJob, running: RunningTarget): Promise<Cost>
  close(): Promise<void>
}

/** With `profileFolder`, targets write a CPU profile there when they end. */
export async function openStage(profileFolder: string | undefined): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-bench-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeFolder)
  const running: MeasuredProcess[] = []
  const keep = (process: MeasuredProcess) => {
    running.push(process)
    return process
  }
  const port = await freePort()
  const upstream = `http://127.0.0.1:${port}`
  const simulator = keep(await launch({ args: [script('./simulator-process.ts'), String(port)], port }))
  const loader = keep(await launch({ args: [script('./load-process.ts')] }))
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]

  const site = async (target: Target): Promise<Site> => {
    return { port: await freePort(), upstream, folder: join(folder, target.name) }
  }
  const load = async (job: LoadJob, { target }: RunningTarget): Promise<LoadResult> => {
    const answer = (await loader.ask({ job })) as { result?: LoadResult; error?: string }
    if (answer.result === undefined) throw new Error(`the load failed: ${answer.error}`)
    const { failures, reason } = answer.result
    if (failures > 0) throw new Error(`${target.title}: requests failed (${reason})`)
    return answer.result
  }
  return {
    site,
    load,
    direct: (workload) => {
      const target = directTo(workload)
      return { target, process: simulator, origin: upstream, headers: workload.credential }
    },
    start: async (target) => {
      const at = await site(target)
      const { args, env = {} } = await target.prepare(at)
      const process = keep(await launch({ args: [...profiling, ...args], env, port: at.port }))
      return { target, process, origin: `http://127.0.0.1:${at.port}`, headers: target.headers(at) }
    },
    loadAtCost: async (job, target) => {
      const before = await target.process.measure()
      const result = await load(job, target)
      return { ...result, cpuUs: cpuBetween(before, await target.process.measure()) }
    },
    close: async () => {
      await Promise.all(running.map((process) => process.stop()))
      removeFolder()
    },
  }
}

export function requestTo(
  { target, origin, headers }: RunningTarget,
  body: { model: string; isStreaming: boolean; maxTokens?: number },
): LoadRequest {
  const { workload } = target
  return {
    origin,
    path: workload.path,
    headers: { ...workload.headers, ...headers, 'content-type': 'application/json' },
    body: workload.body(body),
  }
}

function cpuBetween(before: ProcessFigures, after: ProcessFigures): number {
  return after.cpuUs - before.cpuUs
}

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
