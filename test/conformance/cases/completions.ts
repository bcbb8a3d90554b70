import { COMPLETIONS, section } from './case.ts'

/** The first API of completions: clients still speak it. */
export const COMPLETION_CASES = section({ feature: 'completions', direction: 'request' }, [
  ['LEG-01', 'approximated', 'A prompt is a message of the user', { from: [COMPLETIONS], direction: 'both' }],
  ['LEG-02', 'refused', 'Several prompts', { from: [COMPLETIONS] }],
  ['LEG-03', 'refused', 'Prompts of token ids', { from: [COMPLETIONS] }],
  ['LEG-04', 'refused', 'Suffix, echo, best of, log probabilities', { from: [COMPLETIONS] }],
  ['LEG-05', 'lossless', 'Its stream', { from: [COMPLETIONS], direction: 'stream' }],
  ['LEG-06', 'lossless', 'Its reasons to stop', { from: [COMPLETIONS], direction: 'response' }],
  ['LEG-07', 'lossless', 'Sixteen tokens where no limit is given', { from: [COMPLETIONS] }],
  ['LEG-08', 'refused', 'No prompt', { from: [COMPLETIONS] }],
])
