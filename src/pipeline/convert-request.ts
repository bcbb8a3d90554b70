import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { checkConversation } from '../dialects/check-conversation.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { mayRespellCalls, parseKeepingCalls } from '../dialects/exact-json.ts'
import { DIALECTS } from '../dialects/index.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { Target } from '../routing/plan.ts'
import type { ClientCall } from './client-call.ts'
import { conversationPath } from './conversation-path.ts'
import type { Conversion } from './conversion.ts'
import { encodeForTarget } from './encode-for-target.ts'
import { putInEnvelope } from './envelope.ts'
import type { Gateway } from './gateway.ts'
import { nameModel } from './name-model.ts'
import type { ReadCall } from './read-call.ts'
import { type BuiltRequest, upstreamHeaders } from './upstream-request.ts'

/**
 * The client's request in a format that the target speaks. Throws `unsupported_parameter` for what the target cannot do and may not
 * ignore; everything that was left out or approximated is in `dropped`.
 */
export function convertRequest(
  gateway: Gateway,
  call: ClientCall,
  read: ReadCall,
  target: Target,
): BuiltRequest {
  const { account } = target
  const client = DIALECTS[read.dialect ?? 'openai-chat']
  const origin = { keyId: call.key.id, accountId: account.id }
  const decoded = checkConversation(decodeForTarget(call, read, client, target))
  const request = gateway.signatures.restore(origin, decoded)
  const { dialect, converter, encoded } = encodeForTarget(request, target)
  const { family } = dialect
  const path = conversationPath(account, dialect.id, request.model, request.isStreaming)
  if (path === undefined)
    throw new GatewayError('internal', `${account.provider.id} has no ${family} endpoints.`)
  const headers = {
    ...upstreamHeaders(call, family, account),
    ...encoded.headers,
    'content-type': 'application/json',
  }
  const body = Buffer.from(JSON.stringify(encoded.body))
  const conversion: Conversion = {
    client: client.client,
    clientDialect: client,
    upstream: nameModel(converter, request.model),
    context: { request, requestId: call.exchange.requestId, nowSeconds: Math.floor(gateway.now() / 1000) },
    toolNames: encoded.toolNames,
    remember: (parts) => gateway.signatures.remember(origin, parts),
    framing: framingOf(call, client),
  }
  const written = { origin: account.address.origin, path, method: 'POST', headers, body }
  const upstream = putInEnvelope(written, account.provider.envelopes?.[dialect.id])
  return { upstream, hidesUsage: false, dialect, conversion, dropped: encoded.dropped }
}

/** How the client's stream is framed: Gemini's as a JSON array where nothing else was asked for. */
export function framingOf({ query }: ClientCall, { id }: Dialect): Conversion['framing'] {
  return id === 'gemini' && !query.includes('alt=sse') ? 'json-array' : 'sse'
}

/** The client's request in our terms, naming the model that the target knows. Throws `invalid_request`. */
export function decodeForTarget(
  call: ClientCall,
  { facts, json }: ReadCall,
  client: Dialect,
  target: Target,
): ChatRequest {
  const model = target.model ?? facts.model
  const context = {
    headers: call.headers,
    isStreaming: facts.isStreaming,
    ...(model !== undefined && { model }),
  }
  const request = client.client.decodeRequest(withExactCalls(call, client, json), context)
  return model === undefined ? request : { ...request, model }
}

/** Formats that write arguments and results as objects and not as text. */
const CALLS_ARE_OBJECTS: ReadonlySet<string> = new Set(['anthropic-messages', 'gemini'])

/** The body as it was read, but for numbers in calls and their results, which are kept as they were spelled. */
function withExactCalls({ body }: ClientCall, { id }: Dialect, json: JsonObject | undefined): JsonObject {
  if (json === undefined || body === undefined || !CALLS_ARE_OBJECTS.has(id)) return json ?? {}
  const text = body.toString('utf8')
  if (!mayRespellCalls(text)) return json
  const exact = parseKeepingCalls(text)
  return isJsonObject(exact) ? exact : json
}
