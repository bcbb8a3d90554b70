import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { EventMeaning, StreamReader } from '../dialects/dialect.ts'
import { createLineState, findEventEnds } from '../wire/sse-boundaries.ts'
import type { PassingAnswer, Relay } from './relay.ts'

/** An event that never ends must not fill our memory. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024
const LF = 0x0a
const CR = 0x0d

/**
 * Forwards an SSE stream event by event, byte for byte. Only whole events leave, so that a cut leaves no half one behind; the
 * beginning is held back until there is content, so that an early failure is still a real HTTP status.
 */
export class StreamRelay implements Relay {
  readonly #answer: PassingAnswer
  readonly #reader: StreamReader
  readonly #lines = createLineState()
  /** Pieces of an event whose end has not come. */
  #partial: Buffer[] = []
  #partialBytes = 0
  /** Events before the first content. */
  #held: Buffer[] = []
  /** The dialect's last event has come, or the upstream's own error: what becomes of the connection changes nothing. */
  #hasTerminal = false
  /** What became of the last event, where it ended with its chunk and a CR. */
  #lastCr: 'sent' | 'hidden' | undefined
  #isOver = false

  constructor(answer: PassingAnswer) {
    this.#answer = answer
    this.#reader = answer.dialect.createStreamReader({ keepsAnswer: answer.exchange.keepsBodies })
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    const ends = findEventEnds(this.#lines, chunk)
    // the LF of a CRLF that came in two goes the way of the event before it
    let start = this.#lastCr !== undefined && chunk[0] === LF ? 1 : 0
    let sentTo = this.#lastCr === 'hidden' ? start : 0
    this.#lastCr = undefined
    for (const end of ends) {
      const block = this.#takeBlock(chunk, start, end)
      const meaning = this.#read(block)
      if (meaning instanceof GatewayError) {
        if (start > sentTo) this.#forward(chunk.subarray(sentTo, start))
        this.#fail(meaning)
        return
      }
      const isHidden = meaning === 'usage' && this.#answer.hidesUsage
      // a block that began in an earlier chunk cannot go out as a slice of this one
      if (isHidden || block.length !== end - start) {
        if (start > sentTo) this.#forward(chunk.subarray(sentTo, start))
        if (!isHidden) this.#forward(block)
        sentTo = end
      }
      if (end === chunk.length && chunk[end - 1] === CR) this.#lastCr = isHidden ? 'hidden' : 'sent'
      start = end
    }
    if (start > sentTo) this.#forward(chunk.subarray(sentTo, start))
    if (start < chunk.length) this.#keepPartial(chunk.subarray(start))
  }

  onEnd(): void {
    if (this.#isOver) return
    const tail = this.#takeTail()
    const { error } = this.#reader.facts
    if (error !== undefined && !this.#answer.client.hasBegun) {
      this.#fail(error)
      return
    }
    if (!this.#reader.isComplete) {
      this.#fail(
        new GatewayError('upstream_cut', 'The provider ended its stream before the answer was complete.'),
      )
      return
    }
    this.#isOver = true
    this.#recordFacts()
    this.#begin()
    this.#answer.finish(tail)
  }

  onFailure(error: GatewayError): void {
    if (this.#isOver) return
    // an answer that may end is not cut because somebody does not close the connection, or does it badly
    const isWhole = this.#hasTerminal || (error.code !== 'client_gone' && this.#reader.isComplete)
    if (isWhole) this.onEnd()
    else this.#fail(error)
  }

  /** What the event means, or why the answer cannot go on. An error behind content is the upstream's own last word and passes. */
  #read(block: Buffer): EventMeaning | GatewayError {
    let meaning: EventMeaning
    try {
      meaning = this.#reader.read(block)
    } catch (thrown) {
      return toGatewayError(thrown)
    }
    if (meaning === 'error' && !this.#answer.client.hasBegun) {
      return this.#reader.facts.error ?? new GatewayError('upstream_error', 'The provider reported an error.')
    }
    if (meaning === 'end' || meaning === 'error') this.#hasTerminal = true
    if (meaning === 'content' || meaning === 'end') this.#begin()
    return meaning
  }

  #begin(): void {
    const { client, status, headers } = this.#answer
    if (client.hasBegun) return
    this.#answer.contentBegan()
    client.begin(status, headers)
    const held = this.#held
    this.#held = []
    for (const bytes of held) this.#answer.send(bytes)
  }

  #forward(bytes: Buffer): void {
    if (this.#answer.client.hasBegun) this.#answer.send(bytes)
    else this.#held.push(bytes)
  }

  #takeBlock(chunk: Buffer, start: number, end: number): Buffer {
    const slice = chunk.subarray(start, end)
    if (this.#partialBytes === 0) return slice
    const block = Buffer.concat([...this.#partial, slice])
    this.#partial = []
    this.#partialBytes = 0
    return block
  }

  #keepPartial(bytes: Buffer): void {
    this.#partial.push(bytes)
    this.#partialBytes += bytes.length
    if (this.#partialBytes <= MAX_EVENT_BYTES) return
    this.#fail(new GatewayError('upstream_malformed', 'The provider sent a stream event that does not end.'))
  }

  /** A last event without its blank line counts if it can be read; half a one is dropped. */
  #takeTail(): Buffer | undefined {
    if (this.#partialBytes === 0) return undefined
    const tail = Buffer.concat(this.#partial)
    try {
      const meaning = this.#reader.read(tail)
      return meaning === 'usage' && this.#answer.hidesUsage ? undefined : tail
    } catch {
      return undefined
    }
  }

  #fail(error: GatewayError): void {
    this.#isOver = true
    this.#recordFacts()
    const { client, dialect, exchange } = this.#answer
    if (client.hasBegun) {
      this.#answer.breakOff(error, dialect.encodeStreamError(error, exchange.requestId, this.#reader.facts))
    } else this.#answer.reject(error)
  }

  #recordFacts(): void {
    const { exchange } = this.#answer
    exchange.facts = this.#reader.facts
    if (exchange.keepsBodies) exchange.responseBody = this.#reader.answer()
    if (exchange.facts.error !== undefined) exchange.errorCode ??= exchange.facts.error.code
  }
}
