import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** Prompt caches. */
export const CACHING = section({ feature: 'caching', direction: 'request' }, [
  [
    'CCH-01',
    'pass-through',
    'Every breakpoint of Anthropic’s, with its lifetime',
    { from: [MESSAGES], to: [MESSAGES] },
  ],
  [
    'CCH-02',
    ['approximated', 'dropped'],
    'Breakpoints of Anthropic’s towards OpenAI',
    { from: [MESSAGES], to: [CHAT, RESPONSES] },
  ],
  [
    'CCH-03',
    ['lossless', 'approximated'],
    'Breakpoints of OpenAI’s towards Anthropic',
    { from: [CHAT, RESPONSES], to: [MESSAGES] },
  ],
  ['CCH-04', 'rule', 'Never more breakpoints than there are places', { to: [MESSAGES] }],
  ['CCH-05', 'lossless', 'Merged and split blocks keep the breakpoint at their end'],
  ['CCH-06', ['pass-through', 'refused'], 'A cached content by its name', { from: [GEMINI] }],
  ['CCH-07', 'rule', 'The same request makes the same bytes'],
  ['CCH-08', 'rule', 'Least lengths are the provider’s affair'],
  ['CCH-09', 'lossless', 'Cache tokens in the usage', { feature: 'usage', direction: 'response' }],
  [
    'CCH-10',
    ['pass-through', 'dropped'],
    'A comparison with an earlier answer',
    { from: [MESSAGES, RESPONSES] },
  ],
])
