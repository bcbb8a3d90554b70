import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'
import { homeFolder, loadSettings } from './load-settings.ts'
import { type RunningGateway, readPidFile } from './pid-file.ts'

export interface FoundGateway {
  readonly url: string
  /** How we know of it. */
  readonly from: '--url' | 'pid file' | 'configuration'
  readonly running: RunningGateway | undefined
}

/** The gateway that a command talks to: the one named, the one that runs with our folder, or where it would listen. */
export async function findGateway(
  context: CliContext,
  options: { readonly url?: string; readonly config?: string },
): Promise<FoundGateway> {
  if (options.url !== undefined) return { url: checkedUrl(options.url), from: '--url', running: undefined }
  const running = await readPidFile(await homeFolder(context))
  if (running !== undefined) return { url: running.url, from: 'pid file', running }
  return { url: await configuredUrl(context, options.config), from: 'configuration', running }
}

/** The context as that of the running gateway, so that its configuration can be read from anywhere. */
export function besideGateway(context: CliContext, running: RunningGateway | undefined): CliContext {
  return { ...context, workingDirectory: running?.workingDirectory ?? context.workingDirectory }
}

async function configuredUrl(context: CliContext, config: string | undefined): Promise<string> {
  // an invalid configuration is the business of other commands
  const loaded = await loadSettings(context, { config }).catch(() => undefined)
  const { host, port, tls } = loaded?.server ?? { host: '127.0.0.1', port: 8080, tls: undefined }
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}`
}

function checkedUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new CommandFailure(`--url must be an address such as http://127.0.0.1:8080.`, 2)
  return url.replace(/\/+$/, '')
}
