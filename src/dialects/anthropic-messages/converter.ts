import type { Converter, UpstreamConverter } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { createStreamDecoder } from './stream-decoder.ts'
import { createStreamEncoder } from './stream-encoder.ts'

/** Messages, as clients speak it to us and as we speak it to upstreams. @see https://docs.anthropic.com/en/api/messages */
export const converter: Converter & UpstreamConverter = {
  decodeRequest,
  encodeResponse,
  createStreamEncoder,
  encodeRequest,
  decodeResponse,
  createStreamDecoder,
}
