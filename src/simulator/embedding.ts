import { createHash } from 'node:crypto'

/** A unit vector that depends on the text alone. */
export function embed(text: string, dimensions: number): Float32Array {
  const seed = createHash('sha256').update(text).digest()
  let state = seed.readUInt32LE(0)
  const vector = Float32Array.from({ length: dimensions }, (_, index) => {
    // a linear congruential generator, stirred with the digest
    state = (Math.imul(state, 1_664_525) + 1_013_904_223 + (seed[index % seed.length] ?? 0)) >>> 0
    return state / 2 ** 31 - 1
  })
  const norm = Math.hypot(...vector)
  return vector.map((value) => value / norm)
}

/** Little-endian 32-bit floats in base64, as OpenAI's `encoding_format: base64`. */
export function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
