import { isJsonObject } from '../../core/json.ts'
import { isWrapped } from '../carrier.ts'
import type { History } from '../dialect.ts'

/** What we show of another's reasoning is no field of OpenAI's own, and no thought of a server that has such a field. */
export const history: History = {
  member: 'messages',
  withoutForeignProofs(message) {
    const { reasoning_details: details, reasoning_content: _shown, ...rest } = message
    return Array.isArray(details) && details.some(isForeignProof) ? rest : message
  },
}

function isForeignProof(entry: unknown): boolean {
  return isJsonObject(entry) && (isWrapped(entry.data) || isWrapped(entry.signature))
}
