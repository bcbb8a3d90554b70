import type { Dialect } from '../dialect.ts'
import { createStreamReader } from '../stream-reader.ts'
import { converter } from './converter.ts'
import { counter } from './count-tokens.ts'
import { encodeError, encodeStreamError } from './errors.ts'
import { history } from './history.ts'
import { readRequest } from './request.ts'
import { readAnswer, streamRules } from './stream.ts'

/** @see https://docs.anthropic.com/en/api/messages */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  family: 'anthropic',
  client: converter,
  upstream: converter,
  counter,
  history,
  readRequest,
  readAnswer,
  createStreamReader: (options) => createStreamReader(streamRules, options),
  encodeError,
  encodeStreamError,
}
