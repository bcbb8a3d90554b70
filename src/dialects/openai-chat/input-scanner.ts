/** Follows JSON text as it comes in pieces, and tells when it is whole. Linear in the text, whatever the pieces. */
export class InputScanner {
  #depth = 0
  #isInText = false
  #isEscaped = false
  #hasBegun = false

  /** True once an object or array has been closed again. */
  get isWhole(): boolean {
    return this.#hasBegun && this.#depth === 0
  }

  add(text: string): void {
    for (let index = 0; index < text.length; index++) this.#step(text.charCodeAt(index))
  }

  #step(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isInText) {
      if (code === BACKSLASH) this.#isEscaped = true
      else if (code === QUOTE) this.#isInText = false
    } else if (code === QUOTE) this.#isInText = true
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      this.#depth++
      this.#hasBegun = true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#depth--
  }
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
