import { GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** Output in a given shape. */
export const STRUCTURED_OUTPUT = section({ feature: 'structured output', direction: 'request' }, [
  ['SCH-01', 'lossless', 'A JSON Schema for the answer'],
  ['SCH-02', 'approximated', 'A loose schema, where the target is always strict', { to: [MESSAGES, GEMINI] }],
  ['SCH-03', ['approximated', 'refused'], 'A schema that the target cannot express', { to: [MESSAGES] }],
  ['SCH-04', 'lossless', 'Properties keep their order', { direction: 'both' }],
  ['SCH-05', ['lossless', 'approximated'], 'Any JSON object'],
  ['SCH-06', ['lossless', 'dropped'], 'Gemini’s own schema language', { from: [GEMINI] }],
  ['SCH-07', ['lossless', 'refused'], 'A schema together with tools', { to: [GEMINI] }],
  [
    'SCH-08',
    ['approximated', 'refused'],
    'A model without schemas; no tool is forced instead',
    { to: [MESSAGES] },
  ],
  ['SCH-09', 'lossless', 'A refusal instead of JSON', { direction: 'response' }],
  ['SCH-10', 'lossless', 'JSON that was cut', { direction: 'response' }],
  ['SCH-11', 'lossless', 'The field’s older name', { from: [MESSAGES] }],
  ['SCH-12', 'refused', 'Another format half-way', { from: [RESPONSES] }],
  ['SCH-13', 'rule', 'A schema together with citations is the upstream’s to judge', { to: [MESSAGES] }],
])
