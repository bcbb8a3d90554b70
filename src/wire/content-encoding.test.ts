import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decodeContent } from './content-encoding.ts'

const PLAIN = Buffer.from('{"a":1.0}'.repeat(100))

test.each([
  ['gzip', gzipSync(PLAIN)],
  ['x-gzip', gzipSync(PLAIN)],
  ['deflate', deflateSync(PLAIN)],
  ['br', brotliCompressSync(PLAIN)],
  ['zstd', zstdCompressSync(PLAIN)],
  ['GZIP', gzipSync(PLAIN)],
  ['identity', PLAIN],
  [undefined, PLAIN],
  ['deflate, gzip', gzipSync(deflateSync(PLAIN))],
])('unpacks %s', async (encoding, bytes) => {
  expect(await decodeContent(bytes, encoding, 10_000)).toEqual(PLAIN)
})

test('refuses what it does not know, what is not what it says, and what unpacks to too much', async () => {
  await expect(decodeContent(PLAIN, 'compress', 10_000)).rejects.toMatchObject({
    code: 'unsupported_encoding',
  })
  await expect(decodeContent(PLAIN, 'gzip', 10_000)).rejects.toMatchObject({ code: 'invalid_request' })
  const bomb = gzipSync(Buffer.alloc(1_000_000))
  await expect(decodeContent(bomb, 'gzip', 10_000)).rejects.toMatchObject({ code: 'request_too_large' })
})
