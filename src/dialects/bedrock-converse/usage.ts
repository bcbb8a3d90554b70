import { countOf, isJsonObject } from '../../core/json.ts'
import { NO_USAGE, type Usage } from '../../ir/usage.ts'

/**
 * Bedrock's counts as ours. `inputTokens` leaves cached tokens out already; reasoning is part of `outputTokens` and not counted apart.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const written = countOf(wire.cacheWriteInputTokens)
  const details: readonly unknown[] = Array.isArray(wire.cacheDetails) ? wire.cacheDetails : []
  const long = details.filter(isJsonObject).filter(({ ttl }) => ttl === '1h')
  const cacheWriteLongTokens = Math.min(
    written,
    long.reduce((sum, { inputTokens }) => sum + countOf(inputTokens), 0),
  )
  return {
    ...NO_USAGE,
    inputTokens: countOf(wire.inputTokens),
    cacheReadTokens: countOf(wire.cacheReadInputTokens),
    cacheWriteTokens: written - cacheWriteLongTokens,
    cacheWriteLongTokens,
    outputTokens: countOf(wire.outputTokens),
  }
}

/** The tier that the answer was made in. */
export function decodeTier(wire: unknown): string | undefined {
  return isJsonObject(wire) && typeof wire.type === 'string' ? wire.type : undefined
}
