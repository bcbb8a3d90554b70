import type { Dialect } from './dialect.ts'
import { errorBody, invalid } from './problem.ts'
import { readAnthropic } from './read-anthropic.ts'
import { mintId } from './reply.ts'
import { checkAnthropic } from './strict-anthropic.ts'
import { anthropicEvents, writeAnthropic } from './write-anthropic.ts'

/** Anthropic's Messages API. @see https://docs.anthropic.com/en/api/messages */
export const anthropic: Dialect = {
  id: 'anthropic',
  family: 'anthropic',
  read: readAnthropic,
  check: checkAnthropic,
  whole: writeAnthropic,
  events: anthropicEvents,
  errorEvent: (reply, problem) => ({
    name: 'error',
    data: JSON.stringify(errorBody('anthropic', problem, mintId('req_', reply.number))),
    stage: 'content',
  }),
  contextLengthProblem: invalid('prompt is too long: 250000 tokens > 200000 maximum'),
}
