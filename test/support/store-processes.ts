import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoreOptions } from '../../src/store/open-store.ts'

type Location = Pick<StoreOptions, 'url' | 'file'>

export type StoreJob = { readonly location: Location } & (
  | { readonly type: 'migrate' }
  | { readonly type: 'insert-teams'; readonly names: readonly string[] }
  | { readonly type: 'copy'; readonly target: Location }
)

const SCRIPT = fileURLToPath(new URL('store-process.ts', import.meta.url))
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/llm-gateway-tests', import.meta.url))

/** Starts a process that does this job. */
export function startJob(job: StoreJob): ChildProcess {
  return spawn(process.execPath, [SCRIPT, JSON.stringify(job)], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Has a process do this job, and returns what it said. Throws where it failed. */
export async function runJob(job: StoreJob): Promise<string> {
  const child = startJob(job)
  let [said, complained] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complained += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the process ended with ${code}: ${complained}`)
  return said
}
