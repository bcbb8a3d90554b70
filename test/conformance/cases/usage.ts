import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** Token counts. */
export const USAGE = section({ feature: 'usage', direction: 'response' }, [
  ['USG-01', 'lossless', 'What counts as input and output differs'],
  ['USG-02', 'lossless', 'Anthropic’s counts as OpenAI’s', { from: [CHAT, RESPONSES], to: [MESSAGES] }],
  ['USG-03', 'lossless', 'OpenAI’s counts as Anthropic’s', { from: [MESSAGES], to: [CHAT, RESPONSES] }],
  ['USG-04', 'lossless', 'Gemini’s counts as Chat’s', { from: [CHAT], to: [GEMINI] }],
  ['USG-05', 'lossless', 'Counts for a Gemini client', { from: [GEMINI] }],
  ['USG-06', 'rule', 'Cumulative counts are set, not added', { direction: 'stream', to: [MESSAGES] }],
  ['USG-07', 'rule', 'Counts in a stream only where asked for', { direction: 'stream', from: [CHAT] }],
  ['USG-08', 'rule', 'The end of a stream has the true input', { direction: 'stream', from: [MESSAGES] }],
  ['USG-09', 'rule', 'The last count holds', { direction: 'stream', to: [GEMINI] }],
  ['USG-10', 'rule', 'No counts are not zeros'],
  ['USG-11', ['lossless', 'dropped'], 'Tokens of sound'],
  ['USG-12', 'rule', 'Counts of steps and fallbacks within one answer', { to: [MESSAGES] }],
  ['USG-13', 'rule', 'What an interrupted answer used'],
  ['USG-14', 'pass-through', 'Tokens of predictions', { from: [CHAT], to: [CHAT] }],
])
