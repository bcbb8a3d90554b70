import type { DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import { checkConversation } from '../dialects/check-conversation.ts'
import type { Dialect, UpstreamConverter } from '../dialects/dialect.ts'
import { DIALECTS } from '../dialects/index.ts'
import type { ChatRequest } from '../ir/request.ts'
import { endpointPath } from '../providers/address.ts'
import { capabilitiesOf } from '../providers/models/index.ts'
import type { Account } from '../routing/account.ts'
import type { Target } from '../routing/plan.ts'
import type { ClientCall } from './client-call.ts'
import type { Conversion } from './conversion.ts'
import { CONVERSATION_PATH, geminiPath } from './endpoint.ts'
import { honourQuirks } from './honour-quirks.ts'
import type { ReadCall } from './read-call.ts'
import { type BuiltRequest, upstreamHeaders } from './upstream-request.ts'

/**
 * The client's request in a format that the target speaks. Throws `unsupported_parameter` for what the target cannot do and may not
 * ignore; everything that was left out or approximated is in `dropped`.
 */
export function convertRequest(
  call: ClientCall,
  read: ReadCall,
  target: Target,
  nowMs: number,
): BuiltRequest {
  const { account } = target
  const client = DIALECTS[read.dialect ?? 'openai-chat']
  const { dialect, converter } = upstreamDialect(account)
  const request = checkConversation(decode(call, read, client, target))
  const capabilities = { ...capabilitiesOf(request.model), ...account.provider.capabilities }
  const written = converter.encodeRequest(request, { model: request.model, capabilities })
  const encoded = dialect.id === 'openai-chat' ? honourQuirks(written, request, account.provider) : written
  const { family } = dialect
  const path = endpointPath(account.address, family, conversationPath(dialect.id, request))
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
    upstream: converter,
    context: { request, requestId: call.exchange.requestId, nowSeconds: Math.floor(nowMs / 1000) },
    toolNames: encoded.toolNames,
    framing: client.id === 'gemini' && !call.query.includes('alt=sse') ? 'json-array' : 'sse',
  }
  const upstream = { origin: account.address.origin, path, method: 'POST', headers, body }
  return { upstream, hidesUsage: false, dialect, conversion, dropped: encoded.dropped }
}

/** The first dialect of the account that upstreams speak at all. */
function upstreamDialect(account: Account): { dialect: Dialect; converter: UpstreamConverter } {
  for (const id of account.dialects) {
    const dialect = DIALECTS[id]
    if (dialect.upstream !== undefined) return { dialect, converter: dialect.upstream }
  }
  const message = `${account.provider.title} speaks only ${account.dialects.join(', ')}, which nothing can be converted into.`
  throw new GatewayError('conversion_unavailable', message)
}

function decode(call: ClientCall, { facts, json }: ReadCall, client: Dialect, target: Target): ChatRequest {
  const model = target.model ?? facts.model
  const context = {
    headers: call.headers,
    isStreaming: facts.isStreaming,
    ...(model !== undefined && { model }),
  }
  const request = client.client.decodeRequest(json ?? {}, context)
  return model === undefined ? request : { ...request, model }
}

function conversationPath(dialect: DialectId, request: ChatRequest): string {
  return dialect === 'gemini' ? geminiPath(request.model, request.isStreaming) : CONVERSATION_PATH[dialect]
}
