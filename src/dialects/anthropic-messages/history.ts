import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { isWrapped } from '../carrier.ts'
import type { History } from '../dialect.ts'

/** Anthropic refuses thinking that it did not sign, and citations that it did not make. */
export const history: History = {
  member: 'messages',
  withoutForeignProofs(message) {
    if (message.role !== 'assistant' || !Array.isArray(message.content)) return message
    const before: readonly unknown[] = message.content
    const content = before.flatMap((block) => (isJsonObject(block) ? withoutForeignProof(block) : [block]))
    if (content.length === before.length && content.every((block, index) => block === before[index]))
      return message
    return content.length === 0 ? undefined : { ...message, content }
  },
}

function withoutForeignProof(block: JsonObject): JsonObject[] {
  if (isForeignThought(block)) return []
  const { citations, ...rest } = block
  if (!Array.isArray(citations)) return [block]
  const own = citations.filter((citation) => !isJsonObject(citation) || !isWrapped(citation.encrypted_index))
  if (own.length === citations.length) return [block]
  return [own.length === 0 ? rest : { ...block, citations: own }]
}

function isForeignThought({ type, signature, data }: JsonObject): boolean {
  return (type === 'thinking' && isWrapped(signature)) || (type === 'redacted_thinking' && isWrapped(data))
}
