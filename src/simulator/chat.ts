import type { Dialect } from './dialect.ts'
import { errorBody, invalid } from './problem.ts'
import { readChat } from './read-chat.ts'
import { checkChat } from './strict-chat.ts'
import { chatEvents, writeChat } from './write-chat.ts'

/** OpenAI's Chat Completions API. @see https://platform.openai.com/docs/api-reference/chat */
export const chat: Dialect = {
  id: 'chat',
  family: 'openai',
  read: readChat,
  check: checkChat,
  whole: writeChat,
  events: chatEvents,
  errorEvent: (_reply, problem) => ({
    data: JSON.stringify(errorBody('openai', problem, '')),
    stage: 'content',
  }),
  contextLengthProblem: invalid(
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 250000 tokens. Please reduce the length of the messages.",
    'messages',
    'context_length_exceeded',
  ),
}
