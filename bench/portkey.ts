import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from './launch.ts'

const PACKAGE = '@portkey-ai/gateway'
const INSTALL_TIMEOUT_MS = 180_000

/**
 * Installs Portkey's open-source gateway from npm below `folder`, without running its install scripts.
 * @see https://github.com/Portkey-AI/gateway
 */
export async function installPortkey({ port, folder }: { port: number; folder: string }): Promise<Command> {
  await mkdir(folder, { recursive: true })
  const root = join(folder, 'node_modules', PACKAGE)
  const installed = await readManifest(root)
  if (installed === undefined) await install(folder)
  const manifest = installed ?? (await readManifest(root))
  if (manifest?.bin === undefined) throw new Error(`npm did not install ${PACKAGE}`)
  return {
    args: [join(root, manifest.bin), `--port=${port}`, '--headless'],
    // else it refuses to call addresses of this machine
    env: { HOME: folder, TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' },
  }
}

async function readManifest(root: string): Promise<{ bin: string | undefined } | undefined> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { bin } = JSON.parse(text) as { bin?: string | Record<string, string> }
  return { bin: typeof bin === 'object' ? Object.values(bin)[0] : bin }
}

function install(folder: string): Promise<void> {
  const args = ['install', PACKAGE, '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', args, {
      stdio: 'ignore',
      timeout: INSTALL_TIMEOUT_MS,
      shell: process.platform === 'win32',
    })
    npm.once('error', (error) => reject(new Error(`npm cannot be run (${error.message})`)))
    npm.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`npm could not install ${PACKAGE} (is the registry within reach?)`))
    })
  })
}
