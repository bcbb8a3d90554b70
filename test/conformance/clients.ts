import type { DialectId } from '../../src/core/dialect-id.ts'
import { messagesClient } from './clients/anthropic-messages.ts'
import type { TestClient } from './clients/conversation.ts'
import { geminiClient } from './clients/gemini.ts'
import { chatClient } from './clients/openai-chat.ts'
import { completionsClient } from './clients/openai-completions.ts'
import { responsesClient } from './clients/openai-responses.ts'

const CLIENTS: Readonly<Record<DialectId, (url: string, key: string) => TestClient>> = {
  'openai-chat': chatClient,
  'openai-completions': completionsClient,
  'openai-responses': responsesClient,
  'anthropic-messages': messagesClient,
  gemini: geminiClient,
}

/** The official SDK of a client format, with a gateway's URL and this key. */
export function createClient(id: DialectId, url: string, key: string): TestClient {
  return CLIENTS[id](url, key)
}
