import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { type LoadInput, loadConfig } from '../../src/config/load.ts'
import { ConfigError, type ConfigProblem } from '../../src/config/problem.ts'

// For tests only: a gateway's folder with the files of one case in it.

export interface Case extends Partial<LoadInput> {
  /** Content by path; `config.yaml` is where the gateway finds it, and every file is readable by its owner only. */
  readonly files?: Readonly<Record<string, string>>
}

/** A temporary folder with these files, gone when the test ends. */
export async function makeFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-config-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
    await chmod(join(folder, path), 0o600)
  }
  return folder
}

/** What a gateway would be given that was started in this folder. */
export function inputFor(
  folder: string,
  { environment = {}, flags = {}, providerVariables = {} }: Case = {},
): LoadInput {
  return {
    environment: { LLM_GATEWAY_HOME: folder, ...environment },
    flags,
    providerVariables,
    workingDirectory: folder,
    homeDirectory: join(folder, 'home'),
  }
}

/** The configuration of a case. */
export async function load(given: Case): Promise<Config> {
  return await loadConfig(inputFor(await makeFolder(given.files), given))
}

/** What is wrong with a case, with file names relative to its folder; fails if nothing is. */
export async function problemsIn(given: Case): Promise<(ConfigProblem & { text: string })[]> {
  const folder = await makeFolder(given.files)
  try {
    await loadConfig(inputFor(folder, given))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map((problem) => ({ ...relative(problem, folder), text: error.message }))
  }
  throw new Error('this configuration was accepted')
}

function relative(problem: ConfigProblem, folder: string): ConfigProblem {
  return problem.file === undefined ? problem : { ...problem, file: problem.file.replace(`${folder}/`, '') }
}
