import type { DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Headers } from '../wire/headers.ts'
import type { ClientCall } from './client-call.ts'
import { droppedHeader } from './dropped-header.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { Gateway } from './gateway.ts'
import type { ReadCall } from './read-call.ts'
import { settle } from './settle.ts'

/** The answers of each API that counts. */
const SHAPES: Readonly<Partial<Record<DialectId, (tokens: number) => object>>> = {
  'anthropic-messages': (tokens) => ({ input_tokens: tokens }),
  'openai-responses': (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  gemini: (tokens) => ({ totalTokens: tokens }),
}

/**
 * Answers a token count for a target that cannot count in the client's format: an estimate, marked as one. No upstream is asked, least
 * of all for a generation.
 */
export function answerTokenCount(
  gateway: Gateway,
  call: ClientCall,
  read: ReadCall,
  ownHeaders: Headers,
): void {
  const { endpoint, exchange, connection } = call
  const shape = endpoint.countsTokensOf === undefined ? undefined : SHAPES[endpoint.countsTokensOf]
  if (shape === undefined || read.json === undefined) {
    throw new GatewayError(
      'invalid_json',
      'The request has no body; send the JSON of the conversation to count.',
    )
  }
  const body = JSON.stringify(shape(estimateTokens(read.json)))
  exchange.dropped = [
    {
      path: 'input_tokens',
      action: 'approximated',
      reason: 'estimated by the gateway, since the target cannot count',
    },
  ]
  exchange.status = 200
  settle(gateway, exchange)
  connection.takeOver()
  connection.response.writeHead(200, {
    ...ownHeaders,
    'x-gateway-dropped': droppedHeader(exchange.dropped),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  })
  connection.response.end(body)
}
