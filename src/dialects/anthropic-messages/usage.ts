import { countOf, isJsonObject } from '../../core/json.ts'
import { NO_USAGE, type Usage } from '../../ir/usage.ts'

/**
 * Anthropic's counts as ours. `input_tokens` leaves cached tokens out already; `output_tokens` includes thinking. In a stream the
 * counts are cumulative and may be null where an event does not know them, so `before` fills the gaps.
 * @see https://docs.anthropic.com/en/api/messages (`usage`)
 */
export function decodeUsage(wire: unknown, before: Usage = NO_USAGE): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const known = (key: string, fallback: number) =>
    typeof wire[key] === 'number' ? countOf(wire[key]) : fallback
  const written = before.cacheWriteTokens + before.cacheWriteLongTokens
  const cacheWriteTokens = known('cache_creation_input_tokens', written)
  const lifetimes = wire.cache_creation
  const cacheWriteLongTokens = isJsonObject(lifetimes)
    ? Math.min(cacheWriteTokens, countOf(lifetimes.ephemeral_1h_input_tokens))
    : Math.min(cacheWriteTokens, before.cacheWriteLongTokens)
  const details = wire.output_tokens_details
  const output = known('output_tokens', before.outputTokens + before.reasoningTokens)
  const thinking = isJsonObject(details) ? countOf(details.thinking_tokens) : before.reasoningTokens
  const reasoningTokens = Math.min(output, thinking)
  const tools = wire.server_tool_use
  return {
    ...NO_USAGE,
    inputTokens: known('input_tokens', before.inputTokens),
    cacheReadTokens: known('cache_read_input_tokens', before.cacheReadTokens),
    cacheWriteTokens: cacheWriteTokens - cacheWriteLongTokens,
    cacheWriteLongTokens,
    outputTokens: output - reasoningTokens,
    reasoningTokens,
    hostedToolCalls: isJsonObject(tools) ? countOf(tools.web_search_requests) : before.hostedToolCalls,
  }
}
