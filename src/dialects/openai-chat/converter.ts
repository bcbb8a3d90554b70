import type { Converter, UpstreamConverter } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { createStreamDecoder } from './stream-decoder.ts'
import { createStreamEncoder } from './stream-encoder.ts'

/** Chat Completions to the internal representation and back, as a client speaks it and as an upstream does. */
export const converter: Converter & UpstreamConverter = {
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  createStreamDecoder,
  createStreamEncoder,
  // many servers close the connection after `finish_reason`
  impliedEnd: { data: '[DONE]' },
}
