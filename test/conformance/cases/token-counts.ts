import { GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** Counting tokens without an answer. */
export const TOKEN_COUNTS = section({ feature: 'token counts', direction: 'both' }, [
  ['CNT-01', 'pass-through', 'Anthropic counts for Anthropic', { from: [MESSAGES], to: [MESSAGES] }],
  ['CNT-02', 'approximated', 'Another format’s upstream', { from: [MESSAGES], to: [RESPONSES, GEMINI] }],
  ['CNT-03', 'approximated', 'An upstream that cannot count'],
  ['CNT-04', 'rule', 'Nothing is generated, nothing is billed'],
  ['CNT-05', 'rule', 'The same mistakes are refused as in a request'],
  ['CNT-06', 'approximated', 'A Gemini client', { from: [GEMINI] }],
])
