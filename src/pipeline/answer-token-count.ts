import type { Target } from '../routing/plan.ts'
import type { Headers } from '../wire/headers.ts'
import type { ClientCall } from './client-call.ts'
import { approximated, type CountRequest } from './convert-token-count.ts'
import { droppedHeader } from './dropped-header.ts'
import { encodeForTarget } from './encode-for-target.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { Gateway } from './gateway.ts'
import type { ReadCall } from './read-call.ts'
import { refuseLosses } from './refuse-losses.ts'
import { settle } from './settle.ts'

/**
 * Answers a token count for a target that counts in no format: an estimate, marked as one. No upstream is asked, least of all for a
 * generation. Throws what the conversation itself would throw.
 */
export function answerTokenCount(
  gateway: Gateway,
  call: ClientCall,
  read: ReadCall,
  options: { readonly count: CountRequest; readonly target: Target; readonly ownHeaders: Headers },
): void {
  const { exchange, connection, key } = call
  const { count, target, ownHeaders } = options
  // what the target could not be asked has no length
  if (!key.passthrough) encodeForTarget(count.request, target)
  const dropped = [approximated(count.counter, 'estimated by the gateway, since the target cannot count')]
  refuseLosses(call, target, dropped)
  exchange.dropped = dropped
  // whatever an upstream has said of its endpoints
  exchange.facts = {}
  const body = JSON.stringify(count.counter.encodeAnswer({ inputTokens: estimateTokens(read.json ?? {}) }))
  exchange.status = 200
  settle(gateway, exchange)
  connection.takeOver()
  connection.response.writeHead(200, {
    ...ownHeaders,
    'x-gateway-dropped': droppedHeader(dropped),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  })
  connection.response.end(body)
}
