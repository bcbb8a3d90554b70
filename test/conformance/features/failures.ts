import type { DialectId } from '../../../src/core/dialect-id.ts'
import { type GatewayError, toGatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { DIALECTS } from '../../../src/dialects/index.ts'
import { writeSseEvent } from '../../../src/wire/sse-event.ts'
import type { UpstreamId } from './feature.ts'
import type { Cell, Mode } from './measure.ts'

const WORDS = 'The model has too much to do.'

export interface FailureFeature {
  readonly id: string
  readonly title: string
  readonly cases: readonly string[]
  /** The upstream's error as a body, and as an event of a stream that has begun. */
  readonly errors: Readonly<Record<UpstreamId, { readonly whole: JsonObject; readonly event: JsonObject }>>
}

const openai = { error: { message: WORDS, type: 'server_error', param: null, code: null } }
const anthropic = { type: 'error', error: { type: 'overloaded_error', message: WORDS } }
const google = { error: { code: 503, message: WORDS, status: 'UNAVAILABLE' } }

/** What goes wrong upstream. */
export const FAILURES: readonly FailureFeature[] = [
  {
    id: 'error',
    title: 'An error of the upstream, and one in the middle of a stream',
    cases: ['ERR-01', 'ERR-12', 'ERR-20', 'ERR-21', 'ERR-22', 'ERR-23', 'STR-14'],
    errors: {
      'openai-chat': { whole: openai, event: openai },
      'openai-responses': {
        whole: openai,
        event: { type: 'error', sequence_number: 9, code: 'server_error', message: WORDS, param: null },
      },
      'anthropic-messages': { whole: anthropic, event: anthropic },
      gemini: { whole: google, event: google },
    },
  },
]

/** Lossless where the client reads an error with the upstream's words, and no end that looks clean. */
export function measureFailure(
  { errors }: FailureFeature,
  client: DialectId,
  upstream: UpstreamId,
  mode: Mode,
): Cell {
  if (client === upstream) return { state: 'untouched' }
  const { whole, event } = errors[upstream]
  const isTold =
    mode === 'whole' ? isToldWhole(client, upstream, whole) : isToldInStream(client, upstream, event)
  return { state: isTold ? 'lossless' : 'lost' }
}

function isToldWhole(client: DialectId, upstream: UpstreamId, body: JsonObject): boolean {
  const { error } = DIALECTS[upstream].readAnswer(body)
  if (error === undefined) return false
  const encoded = DIALECTS[client].encodeError(error, 'req_1')
  return (
    encoded.status >= 400 && DIALECTS[client].readAnswer(encoded.body).error?.message.includes(WORDS) === true
  )
}

function isToldInStream(client: DialectId, upstream: UpstreamId, event: JsonObject): boolean {
  const error = decodeError(upstream, event)
  if (error === undefined) return false
  const body = { model: 'm', max_tokens: 9, messages: [], contents: [], input: 'x', prompt: 'x' }
  const request = {
    ...DIALECTS['openai-completions'].client.decodeRequest(body, { headers: {} }),
    source: client,
  }
  const encode = DIALECTS[client].client.createStreamEncoder({ request, requestId: 'req_1', nowSeconds: 1 })
  const reader = DIALECTS[client].createStreamReader({ keepsAnswer: false })
  const events = [
    { type: 'start', model: 'm' },
    { type: 'text-start', id: 't0' },
    { type: 'text-delta', id: 't0', text: 'Half of' },
    { type: 'error', error },
  ] as const
  const meanings = events
    .flatMap((each) => encode(each))
    .map((encoded) => reader.read(Buffer.from(writeSseEvent(encoded))))
  return reader.facts.error?.message.includes(WORDS) === true && !meanings.includes('end')
}

function decodeError(upstream: UpstreamId, event: JsonObject): GatewayError | undefined {
  const decode = DIALECTS[upstream].upstream?.createStreamDecoder()
  const type = typeof event.type === 'string' ? { event: event.type } : {}
  try {
    const decoded = decode?.({ data: JSON.stringify(event), ...type }) ?? []
    return decoded.flatMap((each) => (each.type === 'error' ? [each.error] : []))[0]
  } catch (thrown) {
    return toGatewayError(thrown)
  }
}
