import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Agent } from './agent.ts'

/** Beside the project's own packages, where nothing is tracked. `AGENTS_FOLDER` names another. */
const FOLDER =
  process.env.AGENTS_FOLDER ?? join(import.meta.dirname, '../../node_modules/.cache/llm-gateway-agents')

/**
 * Installs the agents (about 0.9 GB) unless they are there in these versions, without running their install scripts, and resolves
 * with the folder. Rejects with what npm said.
 */
export async function installAgents(agents: readonly Agent[]): Promise<string> {
  const wanted = [...new Map(agents.map((agent) => [agent.package, agent])).values()]
  const missing = wanted.filter((agent) => installedVersion(agent) !== agent.version)
  if (missing.length === 0) return FOLDER
  await mkdir(FOLDER, { recursive: true })
  if (!existsSync(join(FOLDER, 'package.json')))
    await writeFile(join(FOLDER, 'package.json'), '{ "private": true }\n')
  const names = missing.map((agent) => `${agent.package}@${agent.version}`)
  process.stdout.write(`Installing ${names.join(', ')} into ${FOLDER} …\n`)
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...names]
  const npm = spawn('npm', args, { cwd: FOLDER, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  npm.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  npm.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const [code] = await once(npm, 'close')
  if (code !== 0) throw new Error(`npm install failed:\n${said.join('')}`)
  return FOLDER
}

function installedVersion(agent: Agent): string | undefined {
  const file = join(FOLDER, 'node_modules', agent.package, 'package.json')
  if (!existsSync(file)) return undefined
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string }
  return version
}
