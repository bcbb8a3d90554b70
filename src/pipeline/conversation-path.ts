import { FAMILY_OF, type UpstreamDialectId } from '../core/dialect-id.ts'
import { endpointPath } from '../providers/address.ts'
import type { Account } from '../routing/account.ts'
import { CONVERSATION_PATH, geminiPath, modelSegment } from './endpoint.ts'

/** Where an account is asked for a conversation in one dialect; undefined where it has no place for such. */
export function conversationPath(
  { address, provider }: Account,
  dialect: UpstreamDialectId,
  model: string,
  isStreaming: boolean,
): string | undefined {
  const own = provider.conversationPaths?.[dialect]
  const family = FAMILY_OF[dialect]
  if (own !== undefined) {
    // an `@`, as Google's versions have it, is legal in paths and stays readable
    const segment = modelSegment(model).replaceAll('%40', '@')
    return endpointPath(
      address,
      family,
      (isStreaming ? own.stream : own.whole).replace('{model}', () => segment),
    )
  }
  if (dialect === 'bedrock-converse') return undefined
  const usual = dialect === 'gemini' ? geminiPath(model, isStreaming) : CONVERSATION_PATH[dialect]
  return endpointPath(address, family, usual)
}
