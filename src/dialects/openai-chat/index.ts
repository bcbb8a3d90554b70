import { writeSseEvent } from '../../wire/sse-event.ts'
import type { Dialect } from '../dialect.ts'
import { readChoicesAnswer } from '../openai-choices.ts'
import { encodeOpenAiError } from '../openai-errors.ts'
import { createStreamReader } from '../stream-reader.ts'
import { converter } from './converter.ts'
import { history } from './history.ts'
import { readRequest } from './request.ts'
import { streamRules } from './stream.ts'

/** @see https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  family: 'openai',
  client: converter,
  upstream: converter,
  history,
  readRequest,
  readAnswer: readChoicesAnswer,
  createStreamReader: (options) => createStreamReader(streamRules, options),
  encodeError: encodeOpenAiError,
  // no [DONE] behind it: to a client that would read as a clean end
  encodeStreamError: (error) => writeSseEvent({ data: JSON.stringify(encodeOpenAiError(error).body) }),
}
