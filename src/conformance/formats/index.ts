import type { Format, FormatName } from '../format.ts'
import { chat } from './chat.ts'
import { completions } from './completions.ts'
import { gemini } from './gemini.ts'
import { messages } from './messages.ts'
import { responses } from './responses.ts'

export const FORMATS: Readonly<Record<FormatName, Format>> = {
  chat,
  completions,
  responses,
  messages,
  gemini,
}
