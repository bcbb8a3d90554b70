import type { Check } from '../check.ts'
import type { FormatName } from '../format.ts'
import { CHAT_CHECKS } from './chat.ts'
import { COMPLETIONS_CHECKS } from './completions.ts'
import { GEMINI_CHECKS } from './gemini.ts'
import { MESSAGES_CHECKS } from './messages.ts'
import { ACCESS } from './refusals.ts'
import { RESPONSES_CHECKS } from './responses.ts'

/** All checks of each format. The first one has to pass for the others to be run. */
export const CHECKS: Readonly<Record<FormatName, readonly [Check, ...Check[]]>> = {
  chat: [ACCESS, ...CHAT_CHECKS],
  completions: [ACCESS, ...COMPLETIONS_CHECKS],
  responses: [ACCESS, ...RESPONSES_CHECKS],
  messages: [ACCESS, ...MESSAGES_CHECKS],
  gemini: [ACCESS, ...GEMINI_CHECKS],
}
