import { GatewayError } from '../core/errors.ts'
import { createLineState, findEventEnds } from './sse-boundaries.ts'

/** An event that never ends must not fill our memory. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024

/** Cuts a stream of bytes, which may arrive in any pieces, into SSE events. */
export class SseBlocks {
  readonly #lines = createLineState()
  #partial: Buffer[] = []
  #partialBytes = 0

  /** The events that ended in this chunk, each with its blank line. Throws `upstream_malformed` for an event without an end. */
  push(chunk: Buffer): Buffer[] {
    const blocks: Buffer[] = []
    let start = 0
    for (const end of findEventEnds(this.#lines, chunk)) {
      blocks.push(this.#complete(chunk.subarray(start, end)))
      start = end
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
    return blocks
  }

  /** What came behind the last event: an event whose blank line is missing, or half of one. */
  takeRest(): Buffer | undefined {
    return this.#partialBytes === 0 ? undefined : this.#complete(Buffer.alloc(0))
  }

  #complete(slice: Buffer): Buffer {
    if (this.#partialBytes === 0) return slice
    const block = Buffer.concat([...this.#partial, slice])
    this.#partial = []
    this.#partialBytes = 0
    return block
  }

  #keep(bytes: Buffer): void {
    this.#partial.push(bytes)
    this.#partialBytes += bytes.length
    if (this.#partialBytes <= MAX_EVENT_BYTES) return
    throw new GatewayError('upstream_malformed', 'The provider sent a stream event that does not end.')
  }
}
