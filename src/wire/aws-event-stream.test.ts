import { EventStreamCodec } from '@smithy/eventstream-codec'
import { fromUtf8, toUtf8 } from '@smithy/util-utf8'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AwsEventStream, type AwsMessage } from './aws-event-stream.ts'

const codec = new EventStreamCodec(toUtf8, fromUtf8)

function encode(headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer {
  const values = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }] as const)
  return Buffer.from(codec.encode({ headers: Object.fromEntries(values), body: payload }))
}

function decodeAll(chunks: readonly Buffer[]): AwsMessage[] {
  const stream = new AwsEventStream()
  return chunks.flatMap((chunk) => stream.push(chunk))
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

const MESSAGE = fc.record({
  headers: fc.dictionary(fc.stringMatching(/^:?[a-z-]{1,20}$/), fc.string({ maxLength: 40 }), { maxKeys: 5 }),
  payload: fc.uint8Array({ maxLength: 300 }),
})

test('what the reference encoder writes is read back, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(MESSAGE, { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(({ headers, payload }) => encode(headers, payload)))
        const decoded = decodeAll(cutAt(bytes, cuts))
        expect(decoded.map(({ headers }) => ({ ...headers }))).toEqual(
          messages.map(({ headers }) => ({ ...headers })),
        )
        expect(decoded.map(({ payload }) => [...payload])).toEqual(
          messages.map(({ payload }) => [...payload]),
        )
      },
    ),
  )
})

test('one flipped bit anywhere is noticed, or leaves the message unfinished', () => {
  const bytes = encode({ ':event-type': 'chunk' }, Buffer.from('{"bytes":"e30="}'))
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = Buffer.from(bytes)
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const stream = new AwsEventStream()
    const read = () => stream.push(damaged)
    expect(read).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
  }
})

test('half a message is known as one', () => {
  const bytes = encode({ ':event-type': 'chunk' }, Buffer.from('{}'))
  const stream = new AwsEventStream()
  expect(stream.push(bytes.subarray(0, -1))).toEqual([])
  expect(stream.isInsideMessage).toBe(true)
  expect(stream.push(bytes.subarray(-1))).toHaveLength(1)
  expect(stream.isInsideMessage).toBe(false)
})

describe('headers of every type', () => {
  test('are skipped over, and texts are kept', () => {
    const bytes = codec.encode({
      headers: {
        flag: { type: 'boolean', value: true },
        off: { type: 'boolean', value: false },
        byte: { type: 'byte', value: 1 },
        short: { type: 'short', value: 2 },
        integer: { type: 'integer', value: 3 },
        time: { type: 'timestamp', value: new Date(0) },
        id: { type: 'uuid', value: '01234567-89ab-cdef-0123-456789abcdef' },
        bytes: { type: 'binary', value: Uint8Array.of(1, 2, 3) },
        text: { type: 'string', value: 'kept' },
      },
      body: new Uint8Array(),
    })
    expect(decodeAll([Buffer.from(bytes)])[0]?.headers).toEqual({ text: 'kept' })
  })
})
