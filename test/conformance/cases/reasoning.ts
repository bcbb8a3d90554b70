import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

const ASKED = section({ feature: 'reasoning', direction: 'request' }, [
  ['RSN-01', ['lossless', 'approximated'], 'Levels that each model has'],
  ['RSN-02', ['lossless', 'approximated'], 'An effort for Claude models that adapt', { to: [MESSAGES] }],
  ['RSN-03', ['lossless', 'approximated'], 'No reasoning, on models that cannot stop', { to: [MESSAGES] }],
  ['RSN-04', 'approximated', 'An effort as a budget below the limit', { to: [MESSAGES] }],
  ['RSN-05', 'approximated', 'A budget as an effort', { from: [MESSAGES, GEMINI] }],
  ['RSN-06', 'lossless', 'Adaptive and nothing else leaves the effort open', { from: [MESSAGES] }],
  ['RSN-07', 'approximated', 'An effort without thinking', { from: [MESSAGES] }],
  ['RSN-08', 'lossless', 'Nothing asked, nothing sent'],
  ['RSN-09', ['lossless', 'approximated'], 'An effort as a level of Gemini 3', { to: [GEMINI] }],
  ['RSN-10', ['lossless', 'approximated'], 'An effort as a budget of Gemini 2.5', { to: [GEMINI] }],
  ['RSN-11', 'rule', 'Never a level and a budget together', { to: [GEMINI] }],
  ['RSN-12', ['lossless', 'approximated'], 'Whether the client wants to see it'],
  ['RSN-13', ['dropped', 'refused'], 'Pro mode and context of reasoning', { from: [RESPONSES] }],
  ['RSN-14', ['pass-through', 'dropped'], 'Betas of thinking', { from: [MESSAGES] }],
  ['RSN-15', 'dropped', 'Reasoning wins over sampling'],
])

const CARRIED = section({ feature: 'reasoning replay', direction: 'both' }, [
  ['RSN-20', 'lossless', 'Proofs travel through a slot that clients send back'],
  ['RSN-21', 'lossless', 'Back at its origin, byte for byte and in its place'],
  ['RSN-22', 'approximated', 'At another origin it is removed, and nothing else is'],
  ['RSN-23', 'lossless', 'Thinking without a proof still has an echoable signature', { from: [MESSAGES] }],
  ['RSN-24', 'lossless', 'Chat’s unofficial fields, written and read', { from: [CHAT] }],
  ['RSN-25', 'rule', 'A call without its thinking: none is made up', { to: [MESSAGES] }],
  ['RSN-26', 'lossless', 'Reasoning that holds nothing is left out', { from: [RESPONSES] }],
  ['RSN-27', 'lossless', 'Reasoning goes with the item behind it', { to: [RESPONSES] }],
  ['RSN-28', 'lossless', 'Plain reasoning of open models', { to: [RESPONSES] }],
  ['RSN-29', 'lossless', 'Thoughts of Gemini are no visible text', { to: [GEMINI] }],
  ['RSN-30', 'lossless', 'A proof on a neighbouring part keeps its place', { to: [GEMINI] }],
  ['RSN-31', 'lossless', 'A proof on an empty text', { to: [GEMINI] }],
  ['RSN-32', 'rule', 'Think tags within text are text'],
  ['RSN-33', 'approximated', 'Another model takes over half-way'],
  ['RSN-34', 'rule', 'The same request asks for the same reasoning, so that caches hit'],
])

/** Reasoning: asking for it, and carrying it through a conversation. */
export const REASONING = [...ASKED, ...CARRIED]
