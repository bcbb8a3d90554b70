import { countOf, isJsonObject, type JsonObject } from '../../core/json.ts'
import { totalInputTokens, totalOutputTokens, type Usage } from '../../ir/usage.ts'
import { decodeOpenAiUsage } from '../openai-usage.ts'

/** The counts of a whole response, its own tools' calls included. */
export function decodeUsage(response: JsonObject): Usage | undefined {
  const usage = decodeOpenAiUsage(response.usage)
  if (usage === undefined) return undefined
  const written = usage.cacheWriteTokens
  const long = Math.min(written, countOf(longWrites(response.usage)))
  const search = memberOf(response.tool_usage, 'web_search')
  return {
    ...usage,
    cacheWriteTokens: written - long,
    cacheWriteLongTokens: long,
    hostedToolCalls: countOf(memberOf(search, 'num_requests')),
  }
}

function longWrites(usage: unknown): unknown {
  const details = memberOf(memberOf(usage, 'input_tokens_details'), 'cache_write_tokens_details')
  return memberOf(details, 'ttl_12h_tokens')
}

function memberOf(value: unknown, key: string): unknown {
  return isJsonObject(value) ? value[key] : undefined
}

/** OpenAI's totals include every detail. @see https://platform.openai.com/docs/api-reference/responses/object (`usage`) */
export function encodeUsage(usage: Usage): JsonObject {
  const input = totalInputTokens(usage)
  const output = totalOutputTokens(usage)
  const { cacheReadTokens, cacheWriteTokens, cacheWriteLongTokens, reasoningTokens } = usage
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens + cacheWriteLongTokens,
      ...(cacheWriteLongTokens > 0 && {
        cache_write_tokens_details: {
          ttl_30m_tokens: cacheWriteTokens,
          ttl_12h_tokens: cacheWriteLongTokens,
        },
      }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: input + output,
  }
}

/** Uses of the provider's own tools, which a response counts apart from its tokens. */
export function encodeToolUsage(usage: Usage | undefined): JsonObject {
  if (usage === undefined || usage.hostedToolCalls === 0) return {}
  const image_gen = {
    input_tokens: 0,
    input_tokens_details: { image_tokens: 0, text_tokens: 0 },
    output_tokens: 0,
    total_tokens: 0,
  }
  return { tool_usage: { image_gen, web_search: { num_requests: usage.hostedToolCalls } } }
}
