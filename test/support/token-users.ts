import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { StoreOptions } from '../../src/store/open-store.ts'

export interface TokenUserJob {
  readonly location: Pick<StoreOptions, 'url' | 'file'>
  readonly accountId: string
  readonly overrides: Readonly<Record<string, unknown>>
  readonly masterKey: string
  /** How many requests want a token at once. */
  readonly users: number
}

const PROGRAM = fileURLToPath(new URL('./token-user.ts', import.meta.url))

/** Several processes want the same account's token at the same moment. Resolves with all the `authorization` headers they got. */
export async function useTokensInProcesses(processes: number, job: TokenUserJob): Promise<string[]> {
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, [PROGRAM, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const outputs = children.map(linesOf)
  for (const output of outputs) await output.next()
  for (const child of children) child.stdin?.write('go\n')
  const answers = await Promise.all(outputs.map(async (output) => (await output.next()).value ?? '[]'))
  return answers.flatMap((answer) => JSON.parse(answer) as string[])
}

function linesOf(child: ChildProcess): AsyncIterator<string, undefined> {
  if (child.stdout === null) throw new Error('The process has no output.')
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>
}
