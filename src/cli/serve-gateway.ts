import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { type App, startApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/problem.ts'
import { VERSION } from '../core/version.ts'
import { type AccessibleConfig, createAccessibleConfig } from './access.ts'
import { bannerValue, formatBanner } from './banner.ts'
import type { CliContext } from './context.ts'
import { guardAgainstCrashes } from './crash-guard.ts'
import { CommandFailure, errorCodeOf, messageOf } from './failure.ts'
import { ensureConfigFile } from './first-use.ts'
import { type Flags, loadSettings } from './load-settings.ts'
import { bold, type GlobalOptions } from './output.ts'
import { pidFilePath, removePidFile, writePidFile } from './pid-file.ts'
import { stopSignal } from './stop-signal.ts'

/** Most gateways have stopped by then. */
const EXPLAIN_AFTER_MS = 500

export interface ServeOptions extends GlobalOptions {
  readonly flags: Flags
  /** In the background, stderr is a file that must not hold the local key. */
  readonly isDetached: boolean
}

/** Runs the gateway in this process until a signal ends it. Throws a CommandFailure where it cannot start. */
export async function serveGateway(context: CliContext, options: ServeOptions): Promise<void> {
  const stop = stopSignal(context)
  const accessible = createAccessibleConfig()
  try {
    // until it listens there is nothing to finish: a start that hangs must not hold up the stop
    const app = await Promise.race([start(context, options, accessible), stop.requested])
    if (app === undefined) return
    // from here on memory may grow with the load; see bin/llm-gateway.js
    setFlagsFromString('--semi-space-growth-factor=2')
    const crashes = guardAgainstCrashes(context, app.logger)
    const { homeFolder } = app.config
    await announce(context, options, app, accessible)
    await stop.requested
    await closePatiently(context, app)
    await removePidFile(homeFolder, process.pid)
    crashes.close()
  } finally {
    await accessible.close()
    stop.close()
  }
}

/** Somebody who pressed Ctrl-C and sees nothing happen is told what it is that takes so long. */
async function closePatiently({ stderr }: CliContext, app: App): Promise<void> {
  const atMostSeconds = Math.ceil(app.config.server.shutdownTimeoutMs / 1000)
  const explanation = `\nAnswers are still running: waiting for them, ${atMostSeconds} s at most. Ctrl-C again ends them now.\n`
  const reminder = setTimeout(() => {
    if (stderr.isTTY === true) stderr.write(explanation)
  }, EXPLAIN_AFTER_MS)
  await app.close().finally(() => clearTimeout(reminder))
}

async function start(
  context: CliContext,
  { flags, isDetached, json }: ServeOptions,
  accessible: AccessibleConfig,
): Promise<App> {
  let config: Config | undefined
  await ensureConfigFile(context, flags.config)
  const load = async () => {
    config = await loadSettings(context, flags)
    return config
  }
  try {
    return await startApp({
      load,
      complete: (loaded, hasKeys) => accessible.complete(loaded, hasKeys),
      ...(!isDetached && { showAdminToken: (token) => showAdminToken(context, token, json) }),
    })
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    const message =
      config === undefined || error instanceof ConfigError ? messageOf(error) : explain(error, config)
    throw new CommandFailure(message, undefined, { cause: error })
  }
}

/** Shown even where little else is: nobody can see it again. */
function showAdminToken({ stderr }: CliContext, token: string, isJson = false): void {
  if (isJson) stderr.write(`${JSON.stringify({ admin_token: token })}\n`)
  else stderr.write(`\nThe admin token, shown this once: ${token}\n`)
}

/** Why it cannot listen, and what to do about it. */
function explain(error: unknown, { server }: Config): string {
  const another = 'choose another with --port, SERVER_PORT or server.port'
  // the same codes come from files as well
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined
  const isAboutAddress = syscall === 'listen' || syscall === 'getaddrinfo'
  switch (isAboutAddress ? errorCodeOf(error) : undefined) {
    case 'EADDRINUSE':
      return `Port ${server.port} of ${server.host} is in use: stop what listens there, or ${another}.`
    case 'EACCES':
      return `Port ${server.port} of ${server.host} may not be used by this user (ports below 1024 mostly need more rights): ${another}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${server.host}": choose another with --host, SERVER_HOST or server.host.`
    default:
      return messageOf(error)
  }
}

async function announce(
  context: CliContext,
  options: ServeOptions,
  { url, config }: App,
  { access }: AccessibleConfig,
): Promise<void> {
  const { stderr } = context
  await leavePidFile(context, config, url)
  const mayShow = !options.isDetached && (stderr.isTTY === true || (access.type === 'local' && access.isNew))
  const secrets = mayShow ? 'shown' : 'hidden'
  const input = {
    config,
    access,
    url,
    secrets,
    bold: (text: string) => bold(text, stderr, context.environment),
  } as const
  if (options.json === true) stderr.write(`${JSON.stringify(bannerValue(input))}\n`)
  else if (options.quiet !== true) stderr.write(formatBanner(input))
}

/** Without it the gateway runs as well; only `server stop` and its like will not find it. */
async function leavePidFile(
  { stderr, workingDirectory }: CliContext,
  config: Config,
  url: string,
): Promise<void> {
  const { homeFolder, files } = config
  const running = {
    pid: process.pid,
    url,
    startedAt: new Date().toISOString(),
    version: VERSION,
    workingDirectory,
    // a file that does not exist was not asked for either, and must not be by whoever reads this
    ...(files[0] !== undefined && existsSync(files[0]) ? { configFile: files[0] } : {}),
  }
  try {
    await writePidFile(homeFolder, running)
  } catch (error) {
    stderr.write(
      `Cannot write ${pidFilePath(homeFolder)} (${errorCodeOf(error) ?? messageOf(error)}); "server stop" and "server status" will not find this gateway.\n`,
    )
  }
}
