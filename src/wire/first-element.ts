import { Buffer } from 'node:buffer'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const OPENING = new Set([OPEN_LIST, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])
/** Deep enough to be inside the first element of a list. */
const INSIDE = 2

/** Finds the first element of a JSON list of objects as its bytes come. */
export class FirstElement {
  readonly #chunks: Buffer[] = []
  #size = 0
  #start: number | undefined
  #isList: boolean | undefined
  #depth = 0
  #isInText = false
  #isEscaped = false

  /** How many bytes have come. */
  get size(): number {
    return this.#size
  }

  /** The element's bytes with the chunk that completes it; undefined before, and for what is no list. Not to be called afterwards. */
  push(chunk: Buffer): Buffer | undefined {
    this.#chunks.push(chunk)
    const before = this.#size
    this.#size += chunk.length
    for (let index = 0; index < chunk.length; index++) {
      if (!this.#step(chunk[index] ?? 0, before + index)) continue
      return Buffer.concat(this.#chunks).subarray(this.#start, before + index + 1)
    }
    return undefined
  }

  /** True at the last byte of the element. */
  #step(byte: number, position: number): boolean {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isInText) {
      if (byte === BACKSLASH) this.#isEscaped = true
      else if (byte === QUOTE) this.#isInText = false
    } else if (byte === QUOTE) this.#isInText = true
    else if (OPENING.has(byte)) {
      this.#isList ??= byte === OPEN_LIST
      this.#depth++
      if (this.#depth === INSIDE) this.#start ??= position
    } else if (CLOSING.has(byte)) {
      this.#depth--
      return this.#isList === true && this.#depth === INSIDE - 1
    }
    return false
  }
}
