import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { isWrapped } from '../carrier.ts'
import type { History } from '../dialect.ts'

/** Anthropic refuses thinking that it did not sign. */
export const history: History = {
  member: 'messages',
  withoutForeignProofs(message) {
    if (message.role !== 'assistant' || !Array.isArray(message.content)) return message
    const blocks: readonly unknown[] = message.content
    const content = blocks.filter((block) => !isJsonObject(block) || !isForeignThought(block))
    if (content.length === blocks.length) return message
    return content.length === 0 ? undefined : { ...message, content }
  },
}

function isForeignThought({ type, signature, data }: JsonObject): boolean {
  return (type === 'thinking' && isWrapped(signature)) || (type === 'redacted_thinking' && isWrapped(data))
}
