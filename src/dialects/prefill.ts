import type { ChatRequest } from '../ir/request.ts'

/**
 * True where a last message of the assistant is a beginning that the model is to continue. Clients of OpenAI's formats mean nothing by
 * it: there it is history like any other.
 */
export function meansPrefill({ source }: ChatRequest): boolean {
  return source === 'anthropic-messages' || source === 'gemini'
}

/** What becomes of it where nobody meant it. */
export const CONTINUED = 'the model continues the last message of the assistant instead of answering it'
