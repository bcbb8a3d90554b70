import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** Whole answers. */
export const ANSWERS = section({ feature: 'answer', direction: 'response' }, [
  ['RSP-01', 'rule', 'An id in the client’s spelling, the same in every event'],
  ['RSP-02', 'rule', 'The model that answered, streamed and not'],
  ['RSP-03', 'lossless', 'When it was made, in whole seconds'],
  ['RSP-04', 'rule', 'Fields that Anthropic’s types require', { from: [MESSAGES] }],
  ['RSP-05', 'rule', 'Fields that Chat’s types require', { from: [CHAT] }],
  ['RSP-06', 'rule', 'Fields of the request that Responses repeats', { from: [RESPONSES] }],
  ['RSP-07', 'lossless', 'Texts, calls and reasoning as items in their order', { from: [RESPONSES] }],
  ['RSP-08', 'lossless', 'Several texts are one, without anything between', { from: [CHAT] }],
  ['RSP-09', 'lossless', 'Text first, then calls', { from: [MESSAGES], to: [CHAT] }],
  ['RSP-10', 'lossless', 'An answer of nothing'],
  ['RSP-11', 'lossless', 'A refusal in each format’s own place', { feature: 'refusal' }],
  ['RSP-12', 'rule', 'More answers than were asked for', { to: [CHAT] }],
  ['RSP-13', 'lossless', 'A blocked prompt is a refusal', { feature: 'refusal', to: [GEMINI] }],
  ['RSP-14', 'lossless', 'Several texts, and thoughts among them', { to: [GEMINI] }],
  ['RSP-15', ['lossless', 'dropped'], 'Tier, fingerprint, moderation: mapped or left out, never made up'],
  ['RSP-16', 'rule', 'An error with status 200', { feature: 'errors', direction: 'error' }],
  ['RSP-17', 'rule', 'A stream where none was asked for, and the other way round'],
  ['RSP-18', ['pass-through', 'dropped'], 'Another model stepped in', { to: [MESSAGES] }],
  ['RSP-19', 'rule', 'Broken bytes are 502', { feature: 'errors', direction: 'error' }],
])
