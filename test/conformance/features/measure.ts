import type { DialectId } from '../../../src/core/dialect-id.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { checkConversation } from '../../../src/dialects/check-conversation.ts'
import { DIALECTS } from '../../../src/dialects/index.ts'
import type { ChatRequest } from '../../../src/ir/request.ts'
import type { Dropped } from '../../../src/ir/response.ts'
import type { StreamEvent } from '../../../src/ir/stream-event.ts'
import { capabilitiesOf } from '../../../src/providers/models/index.ts'
import { writeSseEvent } from '../../../src/wire/sse-event.ts'
import type { Json } from '../../support/client.ts'
import {
  type AnswerFeature,
  type Asking,
  type RequestFeature,
  requestOf,
  type UpstreamId,
} from './feature.ts'
import { SEEN } from './seen.ts'

export type Mode = 'whole' | 'streamed'

/** What became of a feature on its way from one format to another. */
export type Cell =
  /** `untouched`: the same format. `unsaid`: one of the two cannot have it. `lost`: gone without a word, which must not be. */
  | { readonly state: 'untouched' | 'unsaid' | 'lossless' | 'lost' }
  | { readonly state: 'approximated' | 'left out' | 'refused'; readonly reasons: readonly string[] }

/** The models that stand for each upstream format; what a model takes is told by its name. */
export const MODELS: Readonly<Record<UpstreamId, Readonly<Record<'newest' | 'sampling', string>>>> = {
  'openai-chat': { newest: 'a-compatible-model', sampling: 'a-compatible-model' },
  'openai-responses': { newest: 'gpt-5.6', sampling: 'gpt-4.1' },
  'anthropic-messages': { newest: 'claude-opus-4-8', sampling: 'claude-sonnet-4-6' },
  gemini: { newest: 'gemini-3-pro', sampling: 'gemini-3-pro' },
}

export interface Encoded {
  readonly request: ChatRequest
  readonly body: JsonObject
  readonly dropped: readonly Dropped[]
}

/** The way of a request as the pipeline goes it. Throws GatewayError where the feature is refused. */
export function convert(
  client: DialectId,
  upstream: UpstreamId,
  body: JsonObject,
  options: Options,
): Encoded {
  const { mode, model } = options
  const name = MODELS[upstream][model ?? 'newest']
  const decoded = DIALECTS[client].client.decodeRequest(body, {
    model: name,
    isStreaming: mode === 'streamed',
    headers: {},
  })
  const request = checkConversation({ ...decoded, model: name })
  const target = { model: name, capabilities: capabilitiesOf(name) }
  const encoded = DIALECTS[upstream].upstream?.encodeRequest(request, target)
  if (encoded === undefined) throw new Error(`${upstream} is no upstream`)
  return { request, ...encoded }
}

export interface Options {
  readonly mode: Mode
  readonly model?: 'sampling'
}

export function measureRequest(
  feature: RequestFeature,
  client: DialectId,
  upstream: UpstreamId,
  mode: Mode,
): Cell {
  const asking = feature.asks[client]
  if (asking === undefined) return { state: 'unsaid' }
  if (client === upstream) return { state: 'untouched' }
  const options = { mode, ...(feature.model !== undefined && { model: feature.model }) }
  const run = (more: JsonObject) =>
    convert(client, upstream, requestOf(client, more, mode === 'streamed'), options)
  const ordinary = new Set(feature.isOrdinary === true ? [] : run({}).dropped.map(textOf))
  let encoded: Encoded
  try {
    encoded = run(resolve(asking, upstream))
  } catch (thrown) {
    return refusal(thrown)
  }
  const reports = encoded.dropped.filter((entry) => !ordinary.has(textOf(entry)))
  return judge(feature.arrives[upstream]?.(encoded.body) === true, reports)
}

export function measureAnswer(
  feature: AnswerFeature,
  client: DialectId,
  upstream: UpstreamId,
  mode: Mode,
): Cell {
  const answering = feature.answers[upstream]
  if (answering === undefined || feature.clients?.includes(client) === false) return { state: 'unsaid' }
  if (client === upstream) return { state: 'untouched' }
  try {
    const body = requestOf(client, feature.asks?.[client] ?? {}, mode === 'streamed')
    const sent = convert(client, upstream, body, { mode })
    const { answer, reports } =
      mode === 'whole'
        ? answerWhole(sent, client, upstream, answering(sent.body).whole)
        : answerStream(sent, client, upstream, answering(sent.body).events)
    return judge(feature.arrives(SEEN[client](answer)), reports)
  } catch (thrown) {
    return refusal(thrown)
  }
}

interface Answered {
  readonly answer: Json
  readonly reports: readonly Dropped[]
}

function answerWhole(
  { request }: Encoded,
  client: DialectId,
  upstream: UpstreamId,
  wire: JsonObject,
): Answered {
  const response = upstreamOf(upstream).decodeResponse(wire)
  const told: Dropped[] = []
  const context = { request, requestId: 'req_1', nowSeconds: 1, report: (lost: Dropped) => told.push(lost) }
  const answer = DIALECTS[client].client.encodeResponse(response, context)
  return { answer: JSON.parse(JSON.stringify(answer)), reports: [...response.dropped, ...told] }
}

function answerStream(
  { request }: Encoded,
  client: DialectId,
  upstream: UpstreamId,
  wire: readonly { readonly event?: string; readonly data: string }[],
): Answered {
  const converter = upstreamOf(upstream)
  const { impliedEnd } = converter
  const decode = converter.createStreamDecoder()
  const told: Dropped[] = []
  const context = { request, requestId: 'req_1', nowSeconds: 1, report: (lost: Dropped) => told.push(lost) }
  const encode = DIALECTS[client].client.createStreamEncoder(context)
  const reader = DIALECTS[client].createStreamReader({ keepsAnswer: true })
  for (const event of [...wire, ...(impliedEnd === undefined ? [] : [impliedEnd])])
    for (const decoded of decode(event)) {
      noteDropped(decoded, told)
      for (const encoded of encode(decoded)) reader.read(Buffer.from(writeSseEvent(encoded)))
    }
  if (reader.facts.error !== undefined) throw reader.facts.error
  return { answer: reader.answer(), reports: told }
}

function noteDropped(event: StreamEvent, told: Dropped[]): void {
  if (event.type === 'dropped') told.push(event.dropped)
  if (event.type === 'error') throw event.error
}

function upstreamOf(upstream: UpstreamId) {
  const converter = DIALECTS[upstream].upstream
  if (converter === undefined) throw new Error(`${upstream} is no upstream`)
  return converter
}

function resolve(asking: Asking, upstream: UpstreamId): JsonObject {
  return typeof asking === 'function' ? asking(upstream) : asking
}

function judge(hasArrived: boolean, reports: readonly Dropped[]): Cell {
  if (reports.length === 0) return { state: hasArrived ? 'lossless' : 'lost' }
  const isKept = hasArrived || reports.every(({ action }) => action === 'approximated')
  return {
    state: isKept ? 'approximated' : 'left out',
    reasons: [...new Set(reports.map(({ reason }) => reason))],
  }
}

function refusal(thrown: unknown): Cell {
  if (!(thrown instanceof GatewayError)) throw thrown
  return { state: 'refused', reasons: [`${thrown.code}: ${thrown.message}`] }
}

function textOf({ path, action, reason }: Dropped): string {
  return `${path} ${action} ${reason}`
}
