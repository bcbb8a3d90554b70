import type { Converter, UpstreamConverter } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { createStreamDecoder } from './stream-decoder.ts'
import { createStreamEncoder } from './stream-encoder.ts'

/** Gemini's `generateContent` and `streamGenerateContent`, both ways. @see https://ai.google.dev/api/generate-content */
export const converter: Converter & UpstreamConverter = {
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  createStreamDecoder,
  createStreamEncoder,
  // counts, words and further candidates may follow a finish reason, so that only the end tells that there are no more
  impliedEnd: { data: '[DONE]' },
}
