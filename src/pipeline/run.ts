import type { DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Dropped } from '../ir/response.ts'
import type { VirtualKey } from '../keys/directory.ts'
import type { Account } from '../routing/account.ts'
import { matchesAny } from '../routing/model-pattern.ts'
import { planTargets, type Target } from '../routing/plan.ts'
import type { Headers } from '../wire/headers.ts'
import { countMembers } from '../wire/json-edit.ts'
import { admit } from './admit.ts'
import { answerTokenCount } from './answer-token-count.ts'
import { attempt } from './attempt.ts'
import { Client } from './client.ts'
import type { ClientCall } from './client-call.ts'
import { convertRequest } from './convert-request.ts'
import { createCredentialGuard } from './credential-guard.ts'
import { droppedHeader } from './dropped-header.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { type ReadCall, readCall } from './read-call.ts'
import { loggedBody } from './relay-whole.ts'
import type { Snapshot } from './snapshot.ts'
import { type BuiltRequest, buildUpstreamRequest } from './upstream-request.ts'

/**
 * Conducts one request: read, authorise, plan, admit, attempt, settle. Resolves when the client has been answered and the exchange
 * is settled. Rejects with GatewayError as long as the client has seen nothing; the caller answers, and settles, then.
 */
export async function run(gateway: Gateway, call: ClientCall): Promise<void> {
  const { exchange, key, endpoint, snapshot } = call
  const read = await readCall(endpoint, call.headers, call.body, forcedDialect(snapshot, key, endpoint))
  describe(exchange, snapshot, call, read)
  authorise(call, read)
  const target = chooseTarget(snapshot, call, read)
  exchange.account = target.account
  if (target.model !== undefined) exchange.model = target.model
  const { countsTokensOf } = endpoint
  if (countsTokensOf !== undefined && !target.account.dialects.includes(countsTokensOf)) {
    answerTokenCount(gateway, call, read, describeUpstream(exchange, target, []))
    return
  }
  const request = prepare(gateway, call, read, target)
  const ownHeaders = { ...describeUpstream(exchange, target, request.dropped), ...admit(gateway, call) }
  if (!gateway.prices.isLoaded && target.account.provider.priceListId !== undefined)
    await gateway.prices.load()
  await attempt({
    gateway,
    // those in force now: a reload may have closed the ones that the request began with
    connections: gateway.current().connections,
    exchange,
    accountId: target.account.id,
    providerId: target.account.provider.id,
    guard: snapshot.guards.get(target.account.id) ?? createCredentialGuard(target.account.secret),
    request: request.upstream,
    dialect: request.dialect,
    conversion: request.conversion,
    client: new Client(call.connection),
    ownHeaders,
    hidesUsage: request.hidesUsage,
    deadlines: snapshot.config.proxy,
  })
}

/** Bytes as they came where the target speaks the client's format, else converted. Throws what strict clients do not put up with. */
function prepare(gateway: Gateway, call: ClientCall, read: ReadCall, target: Target): BuiltRequest {
  const { exchange, headers } = call
  if (read.dialect === undefined || target.account.dialects.includes(read.dialect)) {
    return buildUpstreamRequest(call, read, target)
  }
  const request = convertRequest(call, read, target, gateway.now())
  exchange.dropped = request.dropped
  const [first] = request.dropped
  if (first !== undefined && headers['x-gateway-strict'] === 'true') {
    const message = `"${first.path}" would be ${first.action} (${first.reason}), and the request asks for strict conversion.`
    throw new GatewayError('unsupported_parameter', message, { path: first.path })
  }
  return request
}

/** On generic paths a pass-through key speaks whatever its account speaks, and nobody looks. */
function forcedDialect(snapshot: Snapshot, key: VirtualKey, endpoint: Endpoint): DialectId | undefined {
  if (!key.passthrough || endpoint.dialect === undefined) return undefined
  if (!endpoint.detectsDialect) return endpoint.dialect
  const account = key.accountId === undefined ? undefined : snapshot.accountById.get(key.accountId)
  if (account === undefined || account.dialects.includes(endpoint.dialect)) return endpoint.dialect
  return account.dialects[0]
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

/** Throws `permission_denied` or `model_not_allowed`. A model that we cannot see is not on anybody's list. */
function authorise(call: ClientCall, read: ReadCall): void {
  const { key, endpoint, method } = call
  const { facts } = read
  if (!key.permissions.includes(endpoint.permission)) {
    throw new GatewayError('permission_denied', `This key lacks the permission "${endpoint.permission}".`)
  }
  if (
    key.models === undefined ||
    (facts.model === undefined && method === 'GET' && endpoint.providerId === undefined)
  )
    return
  if (facts.model === undefined) {
    throw new GatewayError(
      'model_not_allowed',
      'This key is limited to certain models, and the request names none.',
    )
  }
  if (!matchesAny(key.models, facts.model)) {
    const message = `This key may not use the model "${facts.model}". It may use: ${key.models.join(', ')}.`
    throw new GatewayError('model_not_allowed', message, { path: 'model' })
  }
  refuseSecondModel(call, read)
}

/** Where models are limited: which of two names an upstream would take is anybody's guess. */
function refuseSecondModel({ body }: ClientCall, { json }: ReadCall): void {
  if (json === undefined || body === undefined || countMembers(body, 'model') < 2) return
  throw new GatewayError('invalid_request', 'The body names "model" twice.', { path: 'model' })
}

function chooseTarget(snapshot: Snapshot, call: ClientCall, read: ReadCall): Target {
  const { key, endpoint } = call
  const [target] = planTargets(
    {
      model: read.facts.model,
      family: endpoint.family,
      providerId: endpoint.providerId,
      pinned: key.accountId === undefined ? undefined : pinnedAccount(snapshot, key.accountId),
      keyRoutes: snapshot.routesByKeyId.get(key.id),
    },
    snapshot.accounts,
    snapshot.routes,
  )
  if (target === undefined)
    throw new GatewayError('model_not_found', 'No upstream account serves this request.')
  if (target.account.models !== undefined) refuseSecondModel(call, read)
  if (read.dialect !== undefined && key.passthrough && !target.account.dialects.includes(read.dialect)) {
    throw conversionUnavailable(read.dialect, target.account)
  }
  return target
}

function pinnedAccount(snapshot: Snapshot, accountId: string): Account {
  const account = snapshot.accountById.get(accountId)
  if (account !== undefined) return account
  const name = snapshot.unknownProviders.get(accountId)
  const message =
    name === undefined
      ? 'The upstream account of this key does not exist.'
      : `The provider "${name}" is not known to this gateway.`
  throw new GatewayError('unknown_provider', message)
}

function conversionUnavailable(dialect: DialectId, account: Account): GatewayError {
  const spoken = account.dialects.join(', ')
  const message = `The request is in the format "${dialect}", but ${account.provider.title} speaks ${spoken}. Nothing is converted for this key; send one of those.`
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
    'x-gateway-attempts': '1',
    'x-gateway-cache': 'bypass',
    ...(dropped.length === 0 ? {} : { 'x-gateway-dropped': droppedHeader(dropped) }),
  }
}

/** Model names come from clients; header values must not break lines. */
function headerSafe(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value)
}
