import { writeSseEvent } from '../../wire/sse-event.ts'
import type { Dialect } from '../dialect.ts'
import { createStreamReader } from '../stream-reader.ts'
import { converter } from './converter.ts'
import { encodeError } from './errors.ts'
import { readRequest } from './request.ts'
import { readAnswer, streamRules } from './stream.ts'

/** @see https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  id: 'gemini',
  family: 'gemini',
  client: converter,
  upstream: converter,
  readRequest,
  readAnswer,
  createStreamReader: (options) => createStreamReader(streamRules, options),
  encodeError,
  encodeStreamError: (error) => writeSseEvent({ data: JSON.stringify(encodeError(error).body) }),
}
