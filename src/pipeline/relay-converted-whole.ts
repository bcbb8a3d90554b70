import { GatewayError, toGatewayError } from '../core/errors.ts'
import { parseKeepingCalls } from '../dialects/exact-json.ts'
import type { AnswerContext } from '../ir/conversion.ts'
import { foldStream } from '../ir/fold.ts'
import type { ChatResponse } from '../ir/response.ts'
import { unfoldResponse } from '../ir/unfold.ts'
import { SseBlocks } from '../wire/sse-blocks.ts'
import { readSseEvent, writeSseEvent } from '../wire/sse-event.ts'
import { readUtf8 } from '../wire/strict-utf8.ts'
import { blameNesting } from './blame-nesting.ts'
import type { Conversion } from './conversion.ts'
import { droppedHeaders } from './dropped-header.ts'
import { createLossNote, onlyAsked } from './note-losses.ts'
import type { Answer, Relay } from './relay.ts'
import { loggedBody } from './relay-whole.ts'
import { restoreNames } from './restore-names.ts'
import { createShownAnswer } from './shown-answer.ts'

const MAX_BYTES = 64 * 1024 * 1024

/** Converts an answer once it is whole. Upstreams that answer JSON to a stream request, or the other way round, get what they are due. */
export class ConvertedWholeRelay implements Relay {
  readonly #answer: Answer
  readonly #conversion: Conversion
  readonly #isSse: boolean
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(answer: Answer, conversion: Conversion, options: { isSse: boolean }) {
    this.#answer = answer
    this.#conversion = conversion
    this.#isSse = options.isSse
  }

  onData(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size <= MAX_BYTES) this.#chunks.push(chunk)
  }

  onEnd(): void {
    let body: string
    try {
      const { context, toolNames } = this.#conversion
      const noteLoss = createLossNote(this.#answer.exchange)
      const asked = onlyAsked(this.#decode(), context.request.sampling.choices ?? 1, noteLoss)
      asked.dropped.forEach(noteLoss)
      const response = restoreNames(asked, toolNames)
      this.#note(response)
      this.#conversion.remember(response.parts)
      body = this.#encode(response, { ...context, report: noteLoss })
    } catch (thrown) {
      this.#answer.reject(toGatewayError(blameNesting(thrown, 'upstream_malformed')))
      return
    }
    const { client, exchange, guard, status, headers } = this.#answer
    const shown = guard.bytes(Buffer.from(body))
    this.#answer.contentBegan()
    const type = exchange.isStreaming ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8'
    client.begin(status, {
      ...headers,
      ...droppedHeaders(exchange),
      'content-type': type,
      'content-length': String(shown.length),
    })
    this.#answer.finish(shown)
  }

  onFailure(error: GatewayError): void {
    this.#answer.reject(error)
  }

  #decode(): ChatResponse {
    if (this.#size > MAX_BYTES)
      throw new GatewayError('upstream_malformed', 'The answer is too long to be converted.')
    const bytes = Buffer.concat(this.#chunks)
    return this.#isSse
      ? this.#decodeStream(bytes)
      : this.#conversion.upstream.decodeResponse(this.#parse(bytes))
  }

  #parse(bytes: Buffer): unknown {
    try {
      return parseKeepingCalls(readUtf8(bytes))
    } catch (cause) {
      throw new GatewayError('upstream_malformed', 'The provider sent an answer that is not valid JSON.', {
        cause,
      })
    }
  }

  #decodeStream(bytes: Buffer): ChatResponse {
    const blocks = new SseBlocks()
    const decode = this.#conversion.upstream.createStreamDecoder()
    const whole = blocks.push(bytes)
    const rest = blocks.takeRest()
    const events = [...whole, ...(rest === undefined ? [] : [rest])].flatMap((block) => {
      const event = readSseEvent(block)
      return event === undefined ? [] : decode(event)
    })
    const { impliedEnd } = this.#conversion.upstream
    if (impliedEnd !== undefined) events.push(...decode(impliedEnd))
    if (!events.some(({ type }) => type === 'finish' || type === 'error')) {
      throw new GatewayError('upstream_cut', 'The provider ended its stream before the answer was complete.')
    }
    return foldStream(events)
  }

  #note(response: ChatResponse): void {
    const { exchange } = this.#answer
    const { model, usage, finish } = response
    exchange.facts = {
      model,
      finishReason: finish.raw ?? finish.unified,
      ...(usage !== undefined && { usage }),
    }
  }

  #encode(response: ChatResponse, context: AnswerContext): string {
    const { client, framing } = this.#conversion
    const { exchange } = this.#answer
    if (!exchange.isStreaming) {
      const body = client.encodeResponse(response, context)
      const text = JSON.stringify(body)
      if (exchange.keepsBodies) exchange.responseBody = loggedBody(body, text.length)
      return text
    }
    const encode = client.createStreamEncoder(context)
    const events = unfoldResponse(response).flatMap(encode)
    const shown = createShownAnswer(exchange, this.#conversion)
    for (const event of events) shown.add(event)
    shown.keep()
    if (framing === 'sse') return events.map(writeSseEvent).join('')
    return `[${events.map(({ data }) => data).join(',\r\n')}]`
  }
}
