import { CHAT, GEMINI, MESSAGES, section } from './case.ts'

/** Why an answer ended. */
export const STOP_REASONS = section({ feature: 'stop reason', direction: 'response' }, [
  ['STP-01', 'lossless', 'It was done'],
  ['STP-02', ['lossless', 'approximated'], 'It met a stop sequence'],
  ['STP-03', 'lossless', 'It reached the limit'],
  ['STP-04', 'lossless', 'It refused', { feature: 'refusal' }],
  ['STP-05', 'lossless', 'It calls tools'],
  ['STP-06', 'approximated', 'The window was full', { to: [MESSAGES] }],
  ['STP-07', 'rule', 'It paused', { to: [MESSAGES] }],
  ['STP-08', 'rule', 'It compacted', { to: [MESSAGES] }],
  ['STP-09', 'lossless', 'It calls a function of the first generation', { from: [CHAT] }],
  ['STP-10', 'rule', 'It ended in a way that no other format knows'],
  ['STP-20', 'rule', 'Calls decide, unless it was cut or refused'],
  ['STP-21', 'rule', 'What was filtered is no clean end', { from: [MESSAGES] }],
  ['STP-22', 'approximated', 'Which stop sequence it was is not guessed', { from: [MESSAGES] }],
  ['STP-23', 'rule', 'A pause is never shown as an end', { to: [MESSAGES] }],
  ['STP-24', 'rule', 'More to come, by a token', { to: [GEMINI] }],
  ['STP-25', 'rule', 'A broken call: an error where there is nothing else', { to: [GEMINI] }],
  ['STP-26', 'rule', 'An unknown reason is no clean end'],
  ['STP-27', 'rule', 'A refusal fills both of Chat’s fields', { from: [CHAT] }],
])
