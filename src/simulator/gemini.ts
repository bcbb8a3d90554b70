import type { Dialect } from './dialect.ts'
import { errorBody, invalid } from './problem.ts'
import { readGemini } from './read-gemini.ts'
import { checkGemini } from './strict-gemini.ts'
import { geminiEvents, writeGemini } from './write-gemini.ts'

/** Google's generateContent API. @see https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  id: 'gemini',
  family: 'gemini',
  read: readGemini,
  check: checkGemini,
  whole: writeGemini,
  events: geminiEvents,
  errorEvent: (_reply, problem) => ({
    data: JSON.stringify(errorBody('gemini', problem, '')),
    stage: 'content',
  }),
  contextLengthProblem: invalid(
    'The input token count (2500000) exceeds the maximum number of tokens allowed (1048576).',
  ),
}
