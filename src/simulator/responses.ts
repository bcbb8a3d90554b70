import type { Dialect } from './dialect.ts'
import { invalid, type Problem } from './problem.ts'
import { readResponses } from './read-responses.ts'
import type { Reply } from './reply.ts'
import { checkResponses } from './strict-responses.ts'
import type { WireEvent } from './wire-event.ts'
import { failedResponse, responsesEvents, writeResponses } from './write-responses.ts'

/** OpenAI's Responses API. @see https://platform.openai.com/docs/api-reference/responses */
export const responses: Dialect = {
  id: 'responses',
  family: 'openai',
  read: readResponses,
  check: checkResponses,
  whole: writeResponses,
  events: responsesEvents,
  errorEvent,
  contextLengthProblem: invalid(
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'input',
    'context_length_exceeded',
  ),
}

// before response.created there is no Response that could fail
function errorEvent(reply: Reply, problem: Problem, eventCount: number): WireEvent {
  const isEarly = eventCount === 0
  const type = isEarly ? 'error' : 'response.failed'
  const bare = { code: 'server_error', message: problem.message, param: null }
  const fields = isEarly ? bare : { response: failedResponse(reply, problem) }
  return {
    name: type,
    data: JSON.stringify({ type, sequence_number: eventCount, ...fields }),
    stage: 'content',
  }
}
