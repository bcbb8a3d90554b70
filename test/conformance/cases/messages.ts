import { CHAT, COMPLETIONS, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

const OPENAI = [CHAT, COMPLETIONS, RESPONSES] as const

/** Roles, order and emptiness of messages. */
export const MESSAGE_CASES = section({ feature: 'messages', direction: 'request' }, [
  [
    'MSG-01',
    'lossless',
    'Leading system messages become blocks, one for each part',
    { feature: 'system prompt' },
  ],
  [
    'MSG-02',
    'lossless',
    'Instructions stand before system items',
    { feature: 'system prompt', from: [RESPONSES] },
  ],
  ['MSG-03', 'lossless', 'The prompt as systemInstruction', { feature: 'system prompt', to: [GEMINI] }],
  [
    'MSG-04',
    ['lossless', 'approximated'],
    'system or developer, as the server knows it',
    { to: [CHAT, RESPONSES] },
  ],
  ['MSG-05', 'lossless', 'System blocks towards Chat keep their order', { from: [MESSAGES], to: [CHAT] }],
  [
    'MSG-06',
    ['lossless', 'approximated'],
    'A system message half-way, where Anthropic allows one',
    { to: [MESSAGES] },
  ],
  ['MSG-07', ['lossless', 'approximated'], 'A system message half-way, from Anthropic', { from: [MESSAGES] }],
  [
    'MSG-08',
    ['approximated', 'refused'],
    'A system message that changes tools or settings',
    { from: [MESSAGES] },
  ],
  ['MSG-09', 'lossless', 'Neighbours of one role: merged where needed, never across a system message'],
  ['MSG-10', ['lossless', 'approximated'], 'The assistant speaks first'],
  [
    'MSG-11',
    ['lossless', 'refused'],
    'The assistant speaks last: a beginning to continue',
    { to: [MESSAGES] },
  ],
  ['MSG-12', 'dropped', 'The name of who speaks', { from: [CHAT] }],
  ['MSG-13', 'lossless', 'No content beside tool calls', { from: [CHAT] }],
  ['MSG-14', 'lossless', 'Blank text beside tool calls is left out', { to: [MESSAGES] }],
  ['MSG-15', ['lossless', 'refused'], 'A message that has nothing left'],
  ['MSG-16', ['lossless', 'approximated'], 'A refusal in the history', { feature: 'refusal', from: OPENAI }],
  ['MSG-17', 'refused', 'Speech of the past by its id', { feature: 'audio', from: [CHAT] }],
  [
    'MSG-18',
    'lossless',
    'Functions of the first generation, asked and answered alike',
    { feature: 'tools', from: [CHAT], direction: 'both' },
  ],
  ['MSG-19', ['lossless', 'dropped'], 'The phase of an assistant message', { from: [RESPONSES] }],
  ['MSG-20', 'lossless', 'Reasoning, calls and text of one turn keep their order', { from: [RESPONSES] }],
  [
    'MSG-21',
    ['lossless', 'refused'],
    'Results stand right behind their calls; a missing one is refused',
    { feature: 'tool results' },
  ],
  ['MSG-22', 'refused', 'A result that answers no call', { feature: 'tool results' }],
  ['MSG-23', 'refused', 'A call id that is used twice', { feature: 'tool results' }],
  ['MSG-24', 'lossless', 'Input as plain text', { from: [RESPONSES] }],
  ['MSG-25', 'refused', 'A reference to an item at the provider', { feature: 'state', from: [RESPONSES] }],
  ['MSG-26', 'lossless', 'A single content, or one without a role', { from: [GEMINI] }],
  ['MSG-27', 'lossless', 'The old role function', { from: [GEMINI] }],
  ['MSG-28', 'lossless', 'Text of every kind, wherever the bytes are cut', { direction: 'both' }],
  ['MSG-29', 'rule', 'Very many messages are the upstream’s to judge'],
  ['MSG-30', 'lossless', 'Text, or a list of one text', { from: [MESSAGES] }],
])
