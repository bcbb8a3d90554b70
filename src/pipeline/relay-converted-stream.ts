import { type ErrorCode, GatewayError, toGatewayError } from '../core/errors.ts'
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
import { createShownAnswer, type ShownAnswer } from './shown-answer.ts'

/** Events that mean that the answer itself has begun; what comes before them is held back. */
const CONTENT = new Set<StreamEvent['type']>([
  'text-delta',
  'refusal-delta',
  // thinking may be silent for minutes
  'reasoning-start',
  'tool-call-start',
  'hosted',
  'media',
  'finish',
])

/** Proxies give connections up on which nothing comes for half a minute or more. */
const QUIET_MS = 10_000
/** What every client passes over, where its format has no event for it. */
const SIGN_OF_LIFE = { sse: ': keep-alive\n\n', 'json-array': '\n' } as const
const COLON = 0x3a
/** What becomes of connections whose answer may be whole all the same. */
const ENDS: ReadonlySet<ErrorCode> = new Set(['upstream_timeout', 'upstream_cut'])

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
  readonly #shown: ShownAnswer
  /** Encoded, but not sent: there is no content yet, or the bytes at hand are not all read. */
  #held = ''
  #hasWritten = false
  #isFinished = false
  #isOver = false
  #hasSent = false
  /** Nothing has gone out since the last look. */
  #isQuiet = true
  #quietTimer: NodeJS.Timeout | undefined

  constructor(answer: Answer, conversion: Conversion) {
    this.#answer = answer
    this.#conversion = conversion
    this.#noteLoss = createLossNote(answer.exchange)
    this.#choices = conversion.context.request.sampling.choices ?? 1
    this.#decode = conversion.upstream.createStreamDecoder()
    this.#restore = createNameRestorer(conversion.toolNames)
    this.#shown = createShownAnswer(answer.exchange, conversion)
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
      this.#implyEnd()
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
    this.#close()
    this.#shown.keep()
    this.#answer.finish(this.#conversion.framing === 'json-array' ? ']' : undefined)
  }

  onFailure(error: GatewayError): void {
    if (this.#isOver) return
    if (ENDS.has(error.code)) this.#stopWaiting()
    // what becomes of the connection behind the end changes nothing
    if (this.#isFinished) this.onEnd()
    else this.#fail(error)
  }

  /** Counts that do not come, and a connection that is never closed, are no reason to call a whole answer cut. */
  #stopWaiting(): void {
    try {
      this.#implyEnd()
    } catch {
      // an end that the client's format cannot show: it is told what became of the connection
    }
  }

  #implyEnd(): void {
    const { impliedEnd } = this.#conversion.upstream
    if (!this.#isFinished && impliedEnd !== undefined) this.#encodeAll(this.#decode(impliedEnd))
  }

  /** Throws what the upstream's stream carries as an error, while the client can still be told with a status. */
  #convert(block: Buffer): void {
    const event = readSseEvent(block)
    if (event !== undefined && event.data.trim() !== '') this.#encodeAll(this.#decode(event))
    // a comment, or an event without data
    else if (block.includes(COLON)) this.#showLife()
  }

  #encodeAll(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if (event.type === 'error') throw event.error
      if (isUnasked(event, this.#choices, this.#noteLoss)) continue
      if (event.type === 'ping') {
        this.#showLife()
        continue
      }
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
    this.#shown.add(event)
    if (this.#conversion.framing === 'sse') return writeSseEvent(event)
    const separator = this.#hasWritten ? ',\r\n' : '['
    this.#hasWritten = true
    return separator + event.data
  }

  /** Before there is content there is nothing that it could be shown in. */
  #showLife(): void {
    if (!this.#answer.client.hasBegun || this.#isFinished) return
    const { framing } = this.#conversion
    const events = framing === 'sse' ? this.#encode({ type: 'ping' }) : []
    this.#held += events.length === 0 ? SIGN_OF_LIFE[framing] : events.map(writeSseEvent).join('')
  }

  #checkQuiet = (): void => {
    if (this.#isQuiet) this.#showLife()
    this.#flush()
    this.#isQuiet = true
  }

  #begin(): void {
    const { client, status, headers } = this.#answer
    if (client.hasBegun) return
    this.#answer.contentBegan()
    this.#quietTimer = setInterval(this.#checkQuiet, QUIET_MS)
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
    const { client } = this.#answer
    if (!client.hasBegun) return
    if (out === '') {
      if (!this.#hasSent) client.flush()
      this.#hasSent = true
      return
    }
    this.#hasSent = true
    this.#held = ''
    this.#isQuiet = false
    this.#answer.send(out)
  }

  #close(): void {
    this.#isOver = true
    clearInterval(this.#quietTimer)
    this.#answer.exchange.facts = this.#facts
  }

  #fail(error: GatewayError): void {
    this.#close()
    const { client } = this.#answer
    if (!client.hasBegun) {
      this.#answer.reject(error)
      return
    }
    this.#flush()
    this.#shown.keep()
    const closing = this.#encode({ type: 'error', error }).map((event) => this.#frame(event))
    this.#answer.breakOff(error, closing.join('') + (this.#conversion.framing === 'json-array' ? ']' : ''))
  }
}

function cut(): GatewayError {
  return new GatewayError('upstream_cut', 'The provider ended its stream before the answer was complete.')
}
