import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { MutableFacts } from '../dialects/dialect.ts'
import type { Dropped } from '../ir/response.ts'
import type { StreamEvent } from '../ir/stream-event.ts'
import { SseBlocks } from '../wire/sse-blocks.ts'
import { readSseEvent, type SseEvent, writeSseEvent } from '../wire/sse-event.ts'
import { blameNesting } from './blame-nesting.ts'
import { createProofCollector } from './collect-proofs.ts'
import type { Conversion } from './conversion.ts'
import { droppedHeaders } from './dropped-header.ts'
import { createLossNote, isUnasked } from './note-losses.ts'
import type { Answer, Relay } from './relay.ts'
import { createNameRestorer } from './restore-names.ts'

/** Events that mean that the answer itself has begun; what comes before them is held back. */
const CONTENT = new Set<StreamEvent['type']>([
  'text-delta',
  'refusal-delta',
  'reasoning-delta',
  'tool-call-start',
  'hosted',
  'media',
  'finish',
])

/** Converts a stream event by event: each one goes out before the next has come in. */
export class ConvertedStreamRelay implements Relay {
  readonly #answer: Answer
  readonly #conversion: Conversion
  readonly #blocks = new SseBlocks()
  readonly #decode: (event: SseEvent) => StreamEvent[]
  readonly #restore: (event: StreamEvent) => StreamEvent[]
  readonly #encode: (event: StreamEvent) => SseEvent[]
  readonly #collect = createProofCollector()
  readonly #facts: MutableFacts = {}
  readonly #noteLoss: (lost: Dropped) => void
  readonly #choices: number
  /** Encoded, but not sent: there is no content yet, or the bytes at hand are not all read. */
  #held = ''
  #hasWritten = false
  #isFinished = false
  #isOver = false

  constructor(answer: Answer, conversion: Conversion) {
    this.#answer = answer
    this.#conversion = conversion
    this.#noteLoss = createLossNote(answer.exchange)
    this.#choices = conversion.context.request.sampling.choices ?? 1
    this.#decode = conversion.upstream.createStreamDecoder({ choices: this.#choices })
    this.#restore = createNameRestorer(conversion.toolNames)
    this.#encode = conversion.client.createStreamEncoder({ ...conversion.context, report: this.#noteLoss })
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      for (const block of this.#blocks.push(chunk)) this.#convert(block)
      this.#flush()
    } catch (thrown) {
      this.#fail(toGatewayError(blameNesting(thrown, 'upstream_malformed')))
    }
  }

  onEnd(): void {
    if (this.#isOver) return
    const wasFinished = this.#isFinished
    try {
      const rest = this.#blocks.takeRest()
      if (rest !== undefined) this.#convert(rest)
      const { impliedEnd } = this.#conversion.upstream
      if (!this.#isFinished && impliedEnd !== undefined) this.#encodeAll(this.#decode(impliedEnd))
    } catch (thrown) {
      // half an event behind a finished answer does not matter; an end that the client's format cannot show does
      if (!wasFinished) {
        const error = toGatewayError(thrown)
        this.#fail(error.code === 'upstream_malformed' ? cut() : error)
        return
      }
    }
    this.#flush()
    if (!this.#isFinished) {
      this.#fail(cut())
      return
    }
    this.#isOver = true
    this.#answer.exchange.facts = this.#facts
    this.#answer.finish(this.#conversion.framing === 'json-array' ? ']' : undefined)
  }

  onFailure(error: GatewayError): void {
    if (!this.#isOver) this.#fail(error)
  }

  /** Throws what the upstream's stream carries as an error, while the client can still be told with a status. */
  #convert(block: Buffer): void {
    const event = readSseEvent(block)
    if (event !== undefined) this.#encodeAll(this.#decode(event))
  }

  #encodeAll(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if (event.type === 'error') throw event.error
      if (isUnasked(event, this.#choices, this.#noteLoss)) continue
      this.#note(event)
      for (const restored of this.#restore(event)) {
        const parts = this.#collect(restored)
        if (parts !== undefined) this.#conversion.remember(parts)
        // may throw, which is still worth a status
        const encoded = this.#encode(restored)
        if (CONTENT.has(restored.type)) this.#begin()
        for (const each of encoded) this.#held += this.#frame(each)
      }
    }
  }

  #note(event: StreamEvent): void {
    if (event.type === 'start') this.#facts.model = event.model
    if (event.type === 'usage') this.#facts.usage = event.usage
    if (event.type === 'dropped') this.#noteLoss(event.dropped)
    if (event.type !== 'finish' || event.choice !== undefined) return
    this.#isFinished = true
    if (event.usage !== undefined) this.#facts.usage = event.usage
    this.#facts.finishReason = event.finish.raw ?? event.finish.unified
  }

  #frame(event: SseEvent): string {
    if (this.#conversion.framing === 'sse') return writeSseEvent(event)
    const separator = this.#hasWritten ? ',\r\n' : '['
    this.#hasWritten = true
    return separator + event.data
  }

  #begin(): void {
    const { client, status, headers } = this.#answer
    if (client.hasBegun) return
    this.#answer.contentBegan()
    const type =
      this.#conversion.framing === 'sse'
        ? 'text/event-stream; charset=utf-8'
        : 'application/json; charset=utf-8'
    client.begin(status, {
      ...headers,
      ...droppedHeaders(this.#answer.exchange),
      'content-type': type,
      'cache-control': 'no-cache',
    })
  }

  #flush(): void {
    const out = this.#held
    if (out === '' || !this.#answer.client.hasBegun) return
    this.#held = ''
    this.#answer.send(out)
  }

  #fail(error: GatewayError): void {
    this.#isOver = true
    const { client, exchange } = this.#answer
    exchange.facts = this.#facts
    if (!client.hasBegun) {
      this.#answer.reject(error)
      return
    }
    this.#flush()
    const closing = this.#encode({ type: 'error', error }).map((event) => this.#frame(event))
    this.#answer.breakOff(error, closing.join('') + (this.#conversion.framing === 'json-array' ? ']' : ''))
  }
}

function cut(): GatewayError {
  return new GatewayError('upstream_cut', 'The provider ended its stream before the answer was complete.')
}
