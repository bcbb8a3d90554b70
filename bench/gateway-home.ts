import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './launch.ts'

export interface GatewayOptions {
  /** The virtual key that clients send. */
  readonly key: string
  /** Of the account that the key is pinned to. */
  readonly provider: 'openai-compatible' | 'openai' | 'anthropic' | 'gemini'
  /** The one format that the account speaks, where its provider has several. */
  readonly dialect?: 'openai-responses'
  /** Whether request and answer go into the interaction log. */
  readonly capture: 'keys-file' | 'none'
}

/** A quota so large that it is counted but never met. */
const QUOTA = 1_000_000_000
const EXECUTABLE = fileURLToPath(new URL('../bin/llm-gateway.js', import.meta.url))

/** Writes the configuration of a gateway in front of the simulated provider. Returns its home folder. */
export async function writeGatewayHome(
  { port, upstream, folder }: { port: number; upstream: string; folder: string },
  { key, provider, dialect, capture }: GatewayOptions,
): Promise<string> {
  const entry = { provider, dialect, api_key: 'sk-bench-upstream-key', base_url: upstream, quota: QUOTA }
  const keysFile = join(folder, 'keys.json')
  // JSON is YAML
  const config = { server: { host: '127.0.0.1', port }, keys_file: keysFile, logging: { capture } }
  await mkdir(folder, { recursive: true })
  await writeFile(keysFile, JSON.stringify({ virtual_keys: { [key]: entry } }), { mode: 0o600 })
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config), { mode: 0o600 })
  return folder
}

export function gatewayCommand(home: string): Command {
  const script = fileURLToPath(new URL('./gateway-process.ts', import.meta.url))
  return { args: [script], env: homeVariables(home) }
}

/** The executable itself; where a clone has none that starts a server, the script that stands in for it, with the same cache. */
export function gatewayStartCommand(home: string): Command {
  if (!hasExecutable()) {
    const { args, env } = gatewayCommand(home)
    return { args, env: { ...env, NODE_COMPILE_CACHE: join(home, 'cache') } }
  }
  return { args: [EXECUTABLE, 'server', 'start'], env: homeVariables(home) }
}

function hasExecutable(): boolean {
  return ['../src/cli/main.ts', '../dist/cli/main.js'].some((path) =>
    existsSync(new URL(path, import.meta.url)),
  )
}

/** The compile cache lives below the home folder, too: the first start fills it. */
function homeVariables(home: string): Record<string, string> {
  return { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), LLM_GATEWAY_HOME: home }
}
