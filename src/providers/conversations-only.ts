import type { UpstreamFamily } from '../core/dialect-id.ts'
import { FAMILY_OF, UPSTREAM_DIALECT_IDS } from '../core/dialect-id.ts'
import type { Provider } from './provider.ts'

/** True where a provider has a family's conversations, at places of its own, and nothing else of that family: no files, no batches. */
export function hasOnlyConversations({ conversationPaths }: Provider, family: UpstreamFamily): boolean {
  if (conversationPaths === undefined) return false
  return UPSTREAM_DIALECT_IDS.some((id) => FAMILY_OF[id] === family && conversationPaths[id] !== undefined)
}
