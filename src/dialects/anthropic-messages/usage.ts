import { countOf, isJsonObject, type JsonObject } from '../../core/json.ts'
import { NO_USAGE, type Usage } from '../../ir/usage.ts'

/** Work beside the answer, which the counts at the top leave out: shortening the history, asking an advisor. */
const BESIDE: ReadonlySet<unknown> = new Set(['compaction', 'advisor_message'])

/**
 * Anthropic's counts as ours; undefined where nothing was counted. `input_tokens` leaves cached tokens out already; `output_tokens` includes thinking. In a stream the
 * counts are cumulative and may be null where an event does not know them, so `earlier` ones fill the gaps. Work beside the answer is billed
 * like the rest, and counted with it.
 * @see https://docs.anthropic.com/en/api/messages (`usage`; in the beta API also `usage.iterations`)
 */
export function decodeUsage(wire: unknown, earlier?: Usage): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const isCounted = typeof wire.input_tokens === 'number' || typeof wire.output_tokens === 'number'
  if (earlier === undefined && !isCounted) return undefined
  const before = earlier ?? NO_USAGE
  const beside = workBeside(wire)
  const known = (key: string, fallback: number) => {
    const extra = sumOf(beside, key)
    // what earlier events told had the work beside in it already
    return typeof wire[key] === 'number' ? countOf(wire[key]) + extra : Math.max(fallback, extra)
  }
  const written = before.cacheWriteTokens + before.cacheWriteLongTokens
  const cacheWriteTokens = known('cache_creation_input_tokens', written)
  const longWrites = isJsonObject(wire.cache_creation)
    ? sumOf([wire, ...beside].map(lifetimesOf), 'ephemeral_1h_input_tokens')
    : before.cacheWriteLongTokens
  const cacheWriteLongTokens = Math.min(cacheWriteTokens, longWrites)
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

const NONE: readonly JsonObject[] = []

function workBeside({ iterations }: JsonObject): readonly JsonObject[] {
  if (!Array.isArray(iterations)) return NONE
  return iterations.filter(isJsonObject).filter(({ type }) => BESIDE.has(type))
}

function lifetimesOf({ cache_creation: lifetimes }: JsonObject): JsonObject {
  return isJsonObject(lifetimes) ? lifetimes : {}
}

function sumOf(entries: readonly JsonObject[], key: string): number {
  return entries.reduce((sum, entry) => sum + countOf(entry[key]), 0)
}
