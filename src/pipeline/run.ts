import { type DialectId, isDialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Dropped } from '../ir/response.ts'
import type { VirtualKey } from '../keys/directory.ts'
import type { Account } from '../routing/account.ts'
import { planTargets, type Target } from '../routing/plan.ts'
import type { Headers } from '../wire/headers.ts'
import { admit } from './admit.ts'
import { answerTokenCount } from './answer-token-count.ts'
import { authorise, refuseSecondModel } from './authorise.ts'
import { Client } from './client.ts'
import type { ClientCall } from './client-call.ts'
import type { CountRequest } from './convert-token-count.ts'
import { droppedHeader } from './dropped-header.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { refuseHiddenModels } from './hidden-models.ts'
import { prepareRequest } from './prepare-request.ts'
import { type ReadCall, readCall } from './read-call.ts'
import { loggedBody } from './relay-whole.ts'
import { send } from './send.ts'
import { routesOf, type Snapshot } from './snapshot.ts'

/**
 * Conducts one request: read, authorise, plan, admit, attempt, settle. Resolves when the client has been answered and the exchange
 * is settled. Rejects with GatewayError as long as the client has seen nothing; the caller answers, and settles, then.
 */
export async function run(gateway: Gateway, call: ClientCall): Promise<void> {
  const { exchange, key, endpoint, snapshot } = call
  const read = await readCall(endpoint, call.headers, call.body, forcedDialect(snapshot, key, endpoint))
  describe(exchange, snapshot, call, read)
  authorise(call, read)
  const targets = chooseTargets(gateway, call, read)
  const client = new Client(call.connection)
  let quota: Headers | undefined
  for (const [index, target] of targets.entries()) {
    exchange.account = target.account
    if (target.model !== undefined) exchange.model = target.model
    const { request, estimate } = prepareRequest(gateway, call, read, target)
    const answerEstimate = (count: CountRequest) => {
      const attempts = { 'x-gateway-attempts': String(exchange.attempts) }
      const ownHeaders = { ...describeUpstream(exchange, target, []), ...attempts, ...quota }
      answerTokenCount(gateway, call, read, { count, target, ownHeaders })
    }
    if (request === undefined) return answerEstimate(estimate)
    quota ??= admit(gateway, call)
    const ownHeaders = { ...describeUpstream(exchange, target, request.dropped), ...quota }
    if (!gateway.prices.isLoaded && target.account.provider.priceListId !== undefined)
      await gateway.prices.load()
    try {
      await send({ gateway, call, target, request, client, ownHeaders })
      return
    } catch (thrown) {
      if (estimate !== undefined && isNoEndpoint(thrown)) return answerEstimate(estimate)
      if (index === targets.length - 1 || !isAccountsFault(thrown)) throw thrown
    }
  }
}

const NO_ENDPOINT: ReadonlySet<number | undefined> = new Set([404, 405, 501])

/** Servers that speak a format need not have all its endpoints. */
function isNoEndpoint(thrown: unknown): boolean {
  if (!(thrown instanceof GatewayError) || thrown.code === 'model_not_found') return false
  return NO_ENDPOINT.has(thrown.upstreamStatus)
}

/** What no retry mends but another account may. */
function isAccountsFault(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.code === 'upstream_credentials_rejected'
}

/** On generic paths a pass-through key speaks whatever its account speaks, and nobody looks. */
function forcedDialect(snapshot: Snapshot, key: VirtualKey, endpoint: Endpoint): DialectId | undefined {
  if (!key.passthrough || endpoint.dialect === undefined) return undefined
  if (!endpoint.detectsDialect) return endpoint.dialect
  const account = key.accountId === undefined ? undefined : snapshot.accountById.get(key.accountId)
  if (account === undefined || account.dialects.includes(endpoint.dialect)) return endpoint.dialect
  return account.dialects.find(isDialectId)
}

function describe(exchange: Exchange, snapshot: Snapshot, call: ClientCall, read: ReadCall): void {
  const { capture } = snapshot.config.logging
  exchange.keepsBodies = capture === 'all' || (capture === 'keys-file' && call.key.source === 'keys-file')
  exchange.isStreaming = read.facts.isStreaming
  if (read.facts.model !== undefined) exchange.model = read.facts.model
  if (read.dialect !== undefined) exchange.dialect = read.dialect
  if (exchange.keepsBodies && read.json !== undefined)
    exchange.requestBody = loggedBody(read.json, call.body?.length ?? 0)
}

/** Best first, at least one. */
function chooseTargets(gateway: Gateway, call: ClientCall, read: ReadCall): readonly Target[] {
  const { key, endpoint, snapshot } = call
  const planned = planTargets(
    {
      model: read.facts.model,
      family: endpoint.family,
      providerId: endpoint.providerId,
      pinned: key.accountId === undefined ? undefined : pinnedAccount(snapshot, key.accountId),
      keyRoutes: routesOf(key),
    },
    snapshot.accounts,
    snapshot.routes,
  )
  if (planned.some(({ account }) => account.models !== undefined)) {
    refuseHiddenModels(call, 'The upstream account')
    refuseSecondModel(call, read)
  }
  const isHealthy = (id: string) => gateway.health.isWorthTrying(id)
  const targets = gateway.rotation.order(planned, isHealthy, ownerOf(call, read, planned))
  const { dialect } = read
  if (dialect === undefined || !key.passthrough) return targets
  const speaking = targets.filter((target) => target.dialects.includes(dialect))
  if (speaking.length > 0) return speaking
  throw conversionUnavailable(dialect, targets)
}

/**
 * Whose requests have to come back to the same account: files and stored responses belong to one, and so does the reasoning that a
 * Responses upstream seals. Nothing in a first request tells that others will follow, so a key stays where it is.
 */
function ownerOf({ key }: ClientCall, { dialect, facts }: ReadCall, planned: readonly Target[]) {
  const isSealing = ({ dialects }: Target) =>
    dialect === 'openai-responses' ||
    (!dialects.some((id) => id === dialect) && dialects[0] === 'openai-responses')
  const isBound = dialect === undefined ? facts.model === undefined : planned.some(isSealing)
  return isBound ? key.id : undefined
}

function pinnedAccount(snapshot: Snapshot, accountId: string): Account {
  const account = snapshot.accountById.get(accountId)
  if (account !== undefined) return account
  const reason = snapshot.unusable.get(accountId)
  if (reason !== undefined) throw reason
  const name = snapshot.unknownProviders.get(accountId)
  const message =
    name === undefined
      ? 'The upstream account of this key does not exist.'
      : `The provider "${name}" is not known to this gateway.`
  throw new GatewayError('unknown_provider', message)
}

function conversionUnavailable(dialect: DialectId, targets: readonly Target[]): GatewayError {
  const spoken = [...new Set(targets.flatMap(({ dialects }) => dialects))].join(', ')
  const titles = [...new Set(targets.map(({ account }) => account.provider.title))].join(' and ')
  const message = `The request is in the format "${dialect}", but ${titles} speaks ${spoken}. Nothing is converted for this key; send one of those.`
  return new GatewayError('conversion_unavailable', message)
}

/** What every answer says of its making. @see DESIGN "Explain" */
function describeUpstream(
  exchange: Exchange,
  { account, model }: Target,
  dropped: readonly Dropped[],
): Headers {
  return {
    'x-request-id': exchange.requestId,
    'x-gateway-upstream': account.name,
    ...(model === undefined ? {} : { 'x-gateway-model': headerSafe(model) }),
    'x-gateway-cache': 'bypass',
    ...(dropped.length === 0 ? {} : { 'x-gateway-dropped': droppedHeader(dropped) }),
  }
}

/** Model names come from clients; header values must not break lines. */
function headerSafe(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value)
}
