import { isJsonObject } from '../../core/json.ts'
import { isWrapped } from '../carrier.ts'
import type { History } from '../dialect.ts'

/**
 * What we show of another's reasoning is no field of OpenAI's own, and no thought of a server that has such a field. Nor is the place
 * where Gemini's calls are signed.
 */
export const history: History = {
  member: 'messages',
  withoutForeignProofs(message) {
    const { reasoning_details: details, reasoning_content: _shown, tool_calls: calls, ...rest } = message
    if (!Array.isArray(details) || !details.some(isForeignProof)) return message
    return Array.isArray(calls) ? { ...rest, tool_calls: calls.map(withoutSignature) } : rest
  },
}

function withoutSignature(call: unknown): unknown {
  if (!isJsonObject(call)) return call
  const { extra_content: _signature, ...rest } = call
  return rest
}

function isForeignProof(entry: unknown): boolean {
  return isJsonObject(entry) && (isWrapped(entry.data) || isWrapped(entry.signature))
}
