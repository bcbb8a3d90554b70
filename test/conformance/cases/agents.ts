import { GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** What the coding agents of today send and expect. */
export const AGENTS = section({ feature: 'agents', direction: 'both' }, [
  [
    'AGT-01',
    ['lossless', 'approximated', 'dropped'],
    'Claude Code’s first request on any upstream',
    { from: [MESSAGES] },
  ],
  [
    'AGT-02',
    'lossless',
    'Its system message as a list and as a text is the same prefix',
    { from: [MESSAGES] },
  ],
  ['AGT-03', 'rule', 'It repeats a broken stream as a whole request', { from: [MESSAGES] }],
  [
    'AGT-04',
    ['lossless', 'approximated', 'dropped'],
    'Codex’s request on any upstream',
    { from: [RESPONSES] },
  ],
  ['AGT-05', 'lossless', 'Gemini CLI sends signatures back', { from: [GEMINI] }],
  ['AGT-06', 'rule', 'What official SDKs swallow is asserted on the wire', { direction: 'stream' }],
])
