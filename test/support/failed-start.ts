import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ConfigProblem } from '../../src/config/problem.ts'
import { CREDENTIAL_VARIABLES } from '../../src/providers/index.ts'

export interface FailedStart {
  readonly message: string
  readonly problems: readonly ConfigProblem[]
}

/** Why a gateway with these files and variables does not start. Rejects where it does. */
export async function failedStart(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<FailedStart> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-refused-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const load = () =>
    loadConfig({
      environment: { LLM_GATEWAY_HOME: folder, ...environment },
      flags: { 'server.port': 0, 'logging.level': 'silent' },
      workingDirectory: folder,
      homeDirectory: folder,
      providerVariables: CREDENTIAL_VARIABLES,
    })
  try {
    const app = await startApp({ load })
    await app.close()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const problems = 'problems' in error ? (error.problems as readonly ConfigProblem[]) : []
    return { message: error.message, problems }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  throw new Error('It started.')
}
