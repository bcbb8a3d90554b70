import type { Converter } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeResponse } from './response.ts'
import { createStreamEncoder } from './stream-encoder.ts'

/** Legacy Completions to the internal representation and back, as a client speaks it: no upstream is ever spoken to in it. */
export const converter: Converter = { decodeRequest, encodeResponse, createStreamEncoder }
