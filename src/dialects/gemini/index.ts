import { writeSseEvent } from '../../wire/sse-event.ts'
import type { Dialect } from '../dialect.ts'
import { createStreamReader } from '../stream-reader.ts'
import { converter } from './converter.ts'
import { counter } from './count-tokens.ts'
import { encodeError } from './errors.ts'
import { history } from './history.ts'
import { readRequest } from './request.ts'
import { readAnswer, streamRules } from './stream.ts'

/** @see https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  id: 'gemini',
  family: 'gemini',
  client: converter,
  upstream: converter,
  counter,
  history,
  readRequest,
  readAnswer,
  createStreamReader: (options) => createStreamReader(streamRules, options),
  encodeError,
  encodeStreamError: (error) => writeSseEvent({ data: JSON.stringify(encodeError(error).body) }),
}
