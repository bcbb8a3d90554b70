/** A parsed JSON object whose members nobody has checked yet. */
export type JsonObject = { readonly [key: string]: unknown }

/** True for a JSON object: not for an array, not for null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value if it is a finite count of zero or more, else 0: upstreams send null, strings and negatives here. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0
}

/** The value if it is text, else the empty text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
