import { DEMO_KEY } from '../config/additions.ts'
import type { ChatTarget } from './chat-client.ts'
import type { CliContext } from './context.ts'
import { exampleModelOf, routedName } from './example-models.ts'
import { CommandFailure, WRONG_USAGE } from './failure.ts'
import { type FoundGateway, findGateway } from './find-gateway.ts'
import { fetchHealth } from './gateway-client.ts'
import { homeFolder } from './load-settings.ts'
import { readLocalKey } from './local-key.ts'

export interface TargetOptions {
  readonly url?: string
  readonly key?: string
  readonly model?: string
}

/**
 * Whom to ask: what the options say, else the gateway that runs with our folder, its demo or local key, and a model of the
 * first provider that it has. Throws a CommandFailure that names the option that is missing.
 */
export async function findChatTarget(context: CliContext, options: TargetOptions): Promise<ChatTarget> {
  const gateway = await findGateway(context, options)
  const givenKey = options.key ?? (context.environment.LLM_GATEWAY_KEY?.trim() || undefined)
  if (givenKey !== undefined && options.model !== undefined)
    return { url: gateway.url, key: givenKey, model: options.model }
  const providers = Object.keys((await fetchHealth(gateway.url)).providers)
  const key = givenKey ?? (await ownKey(context, gateway, providers))
  const model = options.model ?? firstModel(providers, givenKey === undefined ? 'routed' : 'given')
  if (key === undefined) throw missing('Which key? Give one with --key or LLM_GATEWAY_KEY.')
  if (model === undefined) throw missing('Which model? Give one with --model.')
  return { url: gateway.url, key, model }
}

/** What a key that was given is bound to, nobody knows here; our own is bound to nothing. */
function firstModel(providers: readonly string[], key: 'routed' | 'given'): string | undefined {
  for (const provider of providers) {
    const model = exampleModelOf(provider)
    if (model !== undefined) return key === 'given' ? model : routedName(provider, model)
  }
  return undefined
}

function missing(message: string): CommandFailure {
  return new CommandFailure(message, WRONG_USAGE)
}

async function ownKey(
  context: CliContext,
  gateway: FoundGateway,
  providers: readonly string[],
): Promise<string | undefined> {
  if (providers.join() === 'simulated') return DEMO_KEY
  return isOurs(gateway) ? (await readLocalKey(await homeFolder(context)))?.secret : undefined
}

/** A secret goes to the gateway that we started, or to one on this machine that was named; not to whoever took its port. */
function isOurs({ url, from }: FoundGateway): boolean {
  if (from === 'pid file') return true
  return from === '--url' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)
}
