import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import { NO_USAGE, totalOutputTokens, type Usage } from '../../ir/usage.ts'
import { loseServiceTier } from '../answer-losses.ts'

const NO_TIER = { inference_geo: null, service_tier: null, speed: null }

/** A message's `usage`: every field that the API always sends. Counts that nobody knows are 0, as the format wants a number. */
export function encodeUsage(usage: Usage | undefined, serviceTier: string | undefined): JsonObject {
  const { cacheWriteTokens, cacheWriteLongTokens } = usage ?? NO_USAGE
  const hasLifetimes = cacheWriteLongTokens > 0
  return {
    ...encodeDeltaUsage(usage),
    cache_creation: hasLifetimes
      ? { ephemeral_5m_input_tokens: cacheWriteTokens, ephemeral_1h_input_tokens: cacheWriteLongTokens }
      : null,
    ...NO_TIER,
    ...encodeTier(serviceTier),
  }
}

/** A `message_delta`'s `usage`: the counts of the whole answer, not of the event. */
export function encodeDeltaUsage(usage: Usage = NO_USAGE): JsonObject {
  return {
    input_tokens: usage.inputTokens + usage.inputAudioTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens + usage.cacheWriteLongTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: totalOutputTokens(usage),
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
    server_tool_use:
      usage.hostedToolCalls > 0
        ? { web_search_requests: usage.hostedToolCalls, web_fetch_requests: 0 }
        : null,
  }
}

/** The tier that answered, in our own words. */
export function decodeTier(usage: JsonObject): string | undefined {
  if (usage.speed === 'fast') return 'fast'
  if (usage.service_tier === 'standard') return 'default'
  return typeof usage.service_tier === 'string' ? usage.service_tier : undefined
}

/** The tier as far as this format has a name for it. */
export function shownTier(tier: string | undefined, context: AnswerContext): string | undefined {
  const name = tier?.toLowerCase()
  if (name === undefined || Object.keys(encodeTier(name)).length > 0) return name
  loseServiceTier(context, name)
  return undefined
}

function encodeTier(serviceTier: string | undefined): JsonObject {
  if (serviceTier === 'default' || serviceTier === 'auto' || serviceTier === 'standard')
    return { service_tier: 'standard' }
  if (serviceTier === 'priority' || serviceTier === 'batch') return { service_tier: serviceTier }
  return serviceTier === 'fast' ? { service_tier: 'standard', speed: 'fast' } : {}
}
