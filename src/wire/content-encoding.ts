import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import {
  brotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzip,
  inflate,
  zstdDecompress,
} from 'node:zlib'
import { GatewayError } from '../core/errors.ts'

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const DECODERS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
}

const STREAMS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** Unpacks a body as it comes. Undefined where it is not packed, or in a way that we do not know. */
export function createDecompressor(encoding: string | undefined): Transform | undefined {
  const name = (encoding ?? '').trim().toLowerCase()
  return Object.hasOwn(STREAMS, name) ? STREAMS[name]?.() : undefined
}

/**
 * The bytes behind a `content-encoding`, at most `maxBytes` of them: a small body must not unpack into all of our memory.
 * Throws `unsupported_encoding` for an encoding we do not know, `invalid_request` for bytes that are not what the header says,
 * `request_too_large` past the limit.
 */
export async function decodeContent(
  bytes: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const names = (encoding ?? '').toLowerCase().split(',')
  const encodings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  let decoded = bytes
  for (const name of encodings.reverse()) decoded = await decodeOne(decoded, name, maxBytes)
  return decoded
}

async function decodeOne(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const decompress = DECODERS[encoding]
  if (decompress === undefined) {
    throw new GatewayError(
      'unsupported_encoding',
      `Content-Encoding "${encoding}" is not supported; send gzip, deflate, br, zstd or none.`,
    )
  }
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new GatewayError('request_too_large', `The body unpacks to more than ${maxBytes} bytes.`, {
        cause,
      })
    }
    throw new GatewayError('invalid_request', `The body is not valid ${encoding} data.`, { cause })
  }
}
