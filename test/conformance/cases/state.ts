import { MESSAGES, RESPONSES, section } from './case.ts'

/** What providers remember between requests. */
export const STATE = section({ feature: 'state', direction: 'request' }, [
  ['STA-01', ['pass-through', 'refused'], 'Earlier responses and conversations', { from: [RESPONSES] }],
  ['STA-02', 'approximated', 'Nothing is stored elsewhere, and the answer says so', { from: [RESPONSES] }],
  ['STA-03', 'refused', 'Answers in the background', { from: [RESPONSES] }],
  ['STA-04', 'refused', 'Prompts stored at the provider', { from: [RESPONSES] }],
  ['STA-05', 'refused', 'References to items', { from: [RESPONSES] }],
  ['STA-06', 'rule', 'Sealed reasoning returns to the account that sealed it', { from: [RESPONSES] }],
  ['STA-07', 'rule', 'Compacting and counting input', { from: [RESPONSES] }],
  ['STA-08', 'rule', 'Responses over a WebSocket', { from: [RESPONSES] }],
  ['STA-09', 'refused', 'Threads', { from: [MESSAGES] }],
])
