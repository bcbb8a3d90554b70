import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** Calls and results in the conversation. */
export const TOOL_CALLS = section({ feature: 'tool calls', direction: 'both' }, [
  ['TCL-01', ['lossless', 'approximated'], 'Arguments as text and as an object; broken text is never lost'],
  ['TCL-02', 'lossless', 'Numbers and key order of arguments stay as written'],
  ['TCL-03', 'lossless', 'Call ids stay the same over all turns'],
  [
    'TCL-04',
    'lossless',
    'A call without an id gets one that is unique in the conversation',
    { to: [GEMINI] },
  ],
  ['TCL-05', 'lossless', 'Blank and repeated ids are replaced', { to: [CHAT] }],
  [
    'TCL-06',
    'lossless',
    'The id of an item is not the id of its call',
    { from: [RESPONSES], to: [RESPONSES] },
  ],
  ['TCL-07', 'lossless', 'Parallel calls: one turn of calls, one of results'],
  [
    'TCL-08',
    'lossless',
    'Results of one turn come together',
    { feature: 'tool results', direction: 'request', to: [MESSAGES] },
  ],
  [
    'TCL-09',
    'lossless',
    'Words behind results stay behind them',
    { feature: 'tool results', direction: 'request' },
  ],
  ['TCL-10', 'lossless', 'The text of a result', { feature: 'tool results', direction: 'request' }],
  [
    'TCL-11',
    ['lossless', 'approximated'],
    'Images in a result',
    { feature: 'tool results', direction: 'request' },
  ],
  [
    'TCL-12',
    ['lossless', 'approximated'],
    'Documents and references in a result',
    { feature: 'tool results', direction: 'request', from: [MESSAGES] },
  ],
  [
    'TCL-13',
    ['lossless', 'approximated'],
    'A result that is an error',
    { feature: 'tool results', direction: 'request' },
  ],
  ['TCL-14', 'lossless', 'An empty result', { feature: 'tool results', direction: 'request' }],
  [
    'TCL-15',
    'lossless',
    'Results in the order of their calls',
    { feature: 'tool results', direction: 'request' },
  ],
  [
    'TCL-16',
    ['lossless', 'refused'],
    'A result that must name its tool',
    { feature: 'tool results', direction: 'request', to: [GEMINI] },
  ],
  [
    'TCL-17',
    'approximated',
    'Calls of free-text tools in the history',
    { direction: 'request', from: [CHAT, RESPONSES] },
  ],
  [
    'TCL-18',
    ['approximated', 'dropped'],
    'Work of hosted tools in the history',
    { feature: 'hosted tools', direction: 'request' },
  ],
  [
    'TCL-19',
    ['pass-through', 'dropped'],
    'Client calls beside hosted ones that are not done',
    { feature: 'hosted tools', to: [MESSAGES] },
  ],
  [
    'TCL-20',
    ['pass-through', 'dropped', 'refused'],
    'Who made a call: the model, or a program',
    { from: [MESSAGES, RESPONSES] },
  ],
  ['TCL-21', 'lossless', 'Steps of calls stay apart', { from: [GEMINI], to: [GEMINI] }],
])
