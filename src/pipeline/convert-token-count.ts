import { isDialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import { checkConversation } from '../dialects/check-conversation.ts'
import { clientPath } from '../dialects/client-path.ts'
import type { Dialect, TokenCounter } from '../dialects/dialect.ts'
import { DIALECTS } from '../dialects/index.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { Dropped } from '../ir/response.ts'
import { endpointPath } from '../providers/address.ts'
import type { Target } from '../routing/plan.ts'
import type { BodyConversion } from './body-conversion.ts'
import type { ClientCall } from './client-call.ts'
import { encodeWith } from './encode-for-target.ts'
import { countPath } from './endpoint.ts'
import type { ReadCall } from './read-call.ts'
import { type BuiltRequest, upstreamHeaders } from './upstream-request.ts'

/** A conversation whose tokens a client wants to know, checked as one that is to be answered. */
export interface CountRequest {
  readonly request: ChatRequest
  readonly counter: TokenCounter
}

/** Throws `invalid_request` as the conversation itself would. */
export function readCountRequest(call: ClientCall, { facts, json }: ReadCall, target: Target): CountRequest {
  const { countsTokensOf } = call.endpoint
  const counter = countsTokensOf === undefined ? undefined : DIALECTS[countsTokensOf].counter
  if (counter === undefined || json === undefined) {
    const message = 'The request has no body; send the JSON of the conversation to count.'
    throw new GatewayError('invalid_json', message)
  }
  const model = target.model ?? facts.model
  const context = { headers: call.headers, isStreaming: false, ...(model !== undefined && { model }) }
  const request = checkConversation(counter.decodeRequest(json, context))
  return { request: model === undefined ? request : { ...request, model }, counter }
}

/**
 * The request to the target's own counting endpoint, in a format that it counts in; undefined where it counts in none. It is converted
 * as the conversation would be, and no model works for it.
 */
export function convertTokenCount(
  call: ClientCall,
  { request, counter }: CountRequest,
  target: Target,
): BuiltRequest | undefined {
  const { account } = target
  const upstream = call.key.passthrough ? undefined : countingDialect(target)
  if (upstream === undefined) return undefined
  const { dialect, counter: upstreamCounter } = upstream
  const encoded = encodeWith(upstreamCounter, request, target)
  const below = countPath(dialect.id, request.model)
  const path = below === undefined ? undefined : endpointPath(account.address, dialect.family, below)
  if (path === undefined) return undefined
  const headers = {
    ...upstreamHeaders(call, dialect.family, account),
    ...encoded.headers,
    'content-type': 'application/json',
  }
  const conversion: BodyConversion = {
    clientDialect: DIALECTS[request.source],
    convertBody: (answer) => counter.encodeAnswer(upstreamCounter.decodeAnswer(answer)),
  }
  const body = Buffer.from(JSON.stringify(encoded.body))
  return {
    upstream: { origin: account.address.origin, path, method: 'POST', headers, body },
    hidesUsage: false,
    dialect,
    conversion,
    dropped: [
      approximated(counter, `counted by ${account.provider.title} for what it would be sent`),
      ...lossesOf(request, encoded.dropped),
    ],
  }
}

/** Says of a count that it is not exactly the client's own format's. */
export function approximated({ resultPath }: TokenCounter, reason: string): Dropped {
  return { path: resultPath, action: 'approximated', reason }
}

/** A count has no answer whose length could be limited. */
function lossesOf({ source }: ChatRequest, dropped: readonly Dropped[]): Dropped[] {
  const limit = clientPath(source, 'maxOutputTokens')
  return dropped.filter(({ path }) => path !== limit)
}

function countingDialect({
  account,
  dialects,
}: Target): { dialect: Dialect; counter: TokenCounter } | undefined {
  for (const id of dialects.filter(isDialectId)) {
    const dialect = DIALECTS[id]
    if (dialect.counter !== undefined && account.provider.countsTokens?.includes(id) === true)
      return { dialect, counter: dialect.counter }
  }
  return undefined
}
