import { countOf, isJsonObject, type JsonObject } from '../core/json.ts'
import { NO_USAGE, totalInputTokens, totalOutputTokens, type Usage } from '../ir/usage.ts'

/**
 * OpenAI's counts as ours; undefined where nothing was counted. Its totals include every detail that it lists beside them, so the details are taken out again. Chat and
 * Completions say `prompt_tokens`, Responses and Embeddings `input_tokens`; DeepSeek puts its cache hits beside the details. Qwen has
 * Anthropic's name for cache writes, and xAI and Google count reasoning beside the completion, which only the total shows.
 * @see https://platform.openai.com/docs/api-reference/chat/object (`usage`)
 * @see https://platform.openai.com/docs/api-reference/responses/object (`usage`)
 * @see https://docs.x.ai/docs/key-information/consumption-and-rate-limits
 * @see https://www.alibabacloud.com/help/en/model-studio/context-cache
 */
export function decodeOpenAiUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const inputDetails = detailsOf(wire, 'prompt_tokens_details', 'input_tokens_details')
  const outputDetails = detailsOf(wire, 'completion_tokens_details', 'output_tokens_details')
  const wireInput = wire.prompt_tokens ?? wire.input_tokens
  const wireOutput = wire.completion_tokens ?? wire.output_tokens
  if (typeof wireInput !== 'number' && typeof wireOutput !== 'number') return undefined
  const input = countOf(wireInput)
  const cacheReadTokens = countOf(inputDetails.cached_tokens ?? wire.prompt_cache_hit_tokens)
  const cacheWriteTokens = countOf(
    inputDetails.cache_write_tokens ?? inputDetails.cache_creation_input_tokens,
  )
  const uncached = Math.max(0, input - cacheReadTokens - cacheWriteTokens)
  // sound may have stood in the cache, too
  const inputAudioTokens = Math.min(uncached, countOf(inputDetails.audio_tokens))
  const reasoningTokens = countOf(outputDetails.reasoning_tokens)
  const completion = countOf(wireOutput)
  const isReasoningApart = reasoningTokens > 0 && wire.total_tokens === input + completion + reasoningTokens
  const shown = isReasoningApart ? completion : Math.max(0, completion - reasoningTokens)
  const outputAudioTokens = Math.min(shown, countOf(outputDetails.audio_tokens))
  return {
    ...NO_USAGE,
    inputTokens: uncached - inputAudioTokens,
    cacheReadTokens,
    cacheWriteTokens,
    inputAudioTokens,
    outputTokens: shown - outputAudioTokens,
    reasoningTokens,
    outputAudioTokens,
  }
}

function detailsOf(wire: JsonObject, ...names: string[]): JsonObject {
  for (const name of names) {
    const details = wire[name]
    if (isJsonObject(details)) return details
  }
  return {}
}

/**
 * Our counts as Chat and the legacy Completions state them: totals that include their details.
 * @see https://platform.openai.com/docs/api-reference/chat/object (`usage`)
 */
export function encodeChoicesUsage(usage: Usage): JsonObject {
  const prompt = totalInputTokens(usage)
  const completion = totalOutputTokens(usage)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens + usage.cacheWriteLongTokens,
      audio_tokens: usage.inputAudioTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.outputAudioTokens,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
