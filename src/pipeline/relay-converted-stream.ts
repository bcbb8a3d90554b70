import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { MutableFacts } from '../dialects/dialect.ts'
import type { StreamEvent } from '../ir/stream-event.ts'
import { SseBlocks } from '../wire/sse-blocks.ts'
import { readSseEvent, type SseEvent, writeSseEvent } from '../wire/sse-event.ts'
import type { Conversion } from './conversion.ts'
import type { Answer, Relay } from './relay.ts'
import { createNameRestorer } from './restore-names.ts'

/** Events that mean that the answer itself has begun; what comes before them is held back. */
const CONTENT = new Set<StreamEvent['type']>([
  'text-delta',
  'refusal-delta',
  'reasoning-delta',
  'tool-call-start',
  'hosted',
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
  readonly #facts: MutableFacts = {}
  /** Encoded, but not sent before there is content. */
  #held = ''
  #hasWritten = false
  #isFinished = false
  #isOver = false

  constructor(answer: Answer, conversion: Conversion) {
    this.#answer = answer
    this.#conversion = conversion
    this.#decode = conversion.upstream.createStreamDecoder()
    this.#restore = createNameRestorer(conversion.toolNames)
    this.#encode = conversion.client.createStreamEncoder(conversion.context)
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      let out = ''
      for (const block of this.#blocks.push(chunk)) out += this.#convert(block)
      this.#send(out)
    } catch (thrown) {
      this.#fail(toGatewayError(thrown))
    }
  }

  onEnd(): void {
    if (this.#isOver) return
    try {
      const rest = this.#blocks.takeRest()
      if (rest !== undefined) this.#send(this.#convert(rest))
      const { impliedEnd } = this.#conversion.upstream
      if (!this.#isFinished && impliedEnd !== undefined) this.#send(this.#encodeAll(this.#decode(impliedEnd)))
    } catch {
      // half an event: what matters is whether the answer was finished before it
    }
    if (!this.#isFinished) {
      this.#fail(
        new GatewayError('upstream_cut', 'The provider ended its stream before the answer was complete.'),
      )
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
  #convert(block: Buffer): string {
    const event = readSseEvent(block)
    return event === undefined ? '' : this.#encodeAll(this.#decode(event))
  }

  #encodeAll(events: readonly StreamEvent[]): string {
    let out = ''
    for (const event of events) {
      if (event.type === 'error') throw event.error
      this.#note(event)
      for (const restored of this.#restore(event)) {
        if (CONTENT.has(restored.type)) this.#begin()
        for (const encoded of this.#encode(restored)) out += this.#frame(encoded)
      }
    }
    return out
  }

  #note(event: StreamEvent): void {
    if (event.type === 'start') this.#facts.model = event.model
    if (event.type === 'usage') this.#facts.usage = event.usage
    if (event.type !== 'finish') return
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
    client.begin(status, { ...headers, 'content-type': type, 'cache-control': 'no-cache' })
  }

  #send(text: string): void {
    if (!this.#answer.client.hasBegun) {
      this.#held += text
      return
    }
    const out = this.#held + text
    this.#held = ''
    if (out !== '') this.#answer.send(out)
  }

  #fail(error: GatewayError): void {
    this.#isOver = true
    const { client, exchange } = this.#answer
    exchange.facts = this.#facts
    if (!client.hasBegun) {
      this.#answer.reject(error)
      return
    }
    this.#send('')
    const closing = this.#encode({ type: 'error', error }).map((event) => this.#frame(event))
    this.#answer.breakOff(error, closing.join('') + (this.#conversion.framing === 'json-array' ? ']' : ''))
  }
}
