import type { Dialect } from '../dialect.ts'
import { encodeOpenAiError } from '../openai-errors.ts'
import { createStreamReader } from '../stream-reader.ts'
import { converter } from './converter.ts'
import { counter } from './count-tokens.ts'
import { encodeStreamError } from './errors.ts'
import { history } from './history.ts'
import { readRequest } from './request.ts'
import { readAnswer, streamRules } from './stream.ts'

/** @see https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  family: 'openai',
  client: converter,
  upstream: converter,
  counter,
  history,
  readRequest,
  readAnswer,
  createStreamReader: (options) => createStreamReader(streamRules, options),
  encodeError: encodeOpenAiError,
  encodeStreamError,
}
