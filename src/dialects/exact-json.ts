// Numbers that a round trip through JavaScript would spell differently: more digits than a double holds, or a fraction or
// exponent that it would rewrite.
const FRAGILE_NUMBER = /(?<![\w"])-?\d+(?:\d{15}|\.\d|[eE])/

/**
 * Like `JSON.parse`, but numbers that a double cannot give back as they were spelled come out as raw JSON, which `JSON.stringify` writes
 * unchanged: `12345678901234567890`, `1.0`. Throws SyntaxError.
 * @see https://github.com/tc39/proposal-json-parse-with-source
 */
export function parseExact(text: string): unknown {
  if (!FRAGILE_NUMBER.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    if (typeof value !== 'number' || source === undefined || String(value) === source) return value
    return rawJson(source)
  })
}

/** True for a number that `parseExact` left as it was spelled. */
export function isRawNumber(value: unknown): boolean {
  return json.isRawJSON(value)
}

interface SourceTextJson {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}

// in the language since V8 11.4, not yet in TypeScript's library
const json = JSON as unknown as SourceTextJson

function rawJson(source: string): unknown {
  return json.rawJSON(source)
}
