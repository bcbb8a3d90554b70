import type { Config } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { flagOf } from './check-input.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, FAILED, WRONG_USAGE } from './failure.ts'
import { besideGateway } from './find-gateway.ts'
import { ensureConfigFile } from './first-use.ts'
import { type ConfigOptions, homeFolder, requireSettings } from './load-settings.ts'
import { readPidFile } from './pid-file.ts'

/**
 * The configuration that says where the store is: the one named, else that of the gateway that runs with our folder, so that a command
 * from any folder works on what the gateway serves.
 */
export async function storeSettings(context: CliContext, options: ConfigOptions): Promise<Config> {
  const running = await readPidFile(await homeFolder(context))
  const config = options.config ?? context.environment.LLM_GATEWAY_CONFIG ?? running?.configFile
  await ensureConfigFile(context, config)
  const place = options.config === undefined ? besideGateway(context, running) : context
  return await requireSettings(place, { config })
}

/** Does something that may fail as store, vault and control do, and turns that into a failure of the command. */
export async function failing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const isUsage = isWrongUsage(error)
    const message = isUsage ? withFlag(error) : error.message
    throw new CommandFailure(message, isUsage ? WRONG_USAGE : FAILED, { cause: error })
  }
}

/** A value that was given is at fault, and not what it meets. */
function isWrongUsage({ code, path }: GatewayError): boolean {
  return path !== undefined && ['invalid_request', 'unknown_provider'].includes(code)
}

/** The flag in place of the field, where the message begins with it. */
function withFlag({ message, path = '' }: GatewayError): string {
  return message.startsWith(`"${path}" `) ? flagOf(path) + message.slice(path.length + 2) : message
}
