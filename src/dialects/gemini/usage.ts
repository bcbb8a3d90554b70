import { countOf, isJsonObject, type JsonObject } from '../../core/json.ts'
import { NO_USAGE, totalInputTokens, totalOutputTokens, type Usage } from '../../ir/usage.ts'

/**
 * Gemini's counts as ours; undefined where nothing was counted. `promptTokenCount` includes cached tokens, `candidatesTokenCount` excludes thoughts. The modality lists
 * say how much of either was audio.
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire) || !isCounted(wire)) return undefined
  const cacheReadTokens = countOf(wire.cachedContentTokenCount)
  const outputAudioTokens = audioTokens(wire.candidatesTokensDetails)
  const prompt = countOf(wire.promptTokenCount) + countOf(wire.toolUsePromptTokenCount)
  const uncached = Math.max(0, prompt - cacheReadTokens)
  // the prompt's sound includes what of it stood in the cache
  const freshAudio = audioTokens(wire.promptTokensDetails) - audioTokens(wire.cacheTokensDetails)
  const inputAudioTokens = Math.min(uncached, Math.max(0, freshAudio))
  return {
    ...NO_USAGE,
    inputTokens: uncached - inputAudioTokens,
    cacheReadTokens,
    inputAudioTokens,
    outputTokens: Math.max(0, countOf(wire.candidatesTokenCount) - outputAudioTokens),
    reasoningTokens: countOf(wire.thoughtsTokenCount),
    outputAudioTokens,
  }
}

/** On clouds, chunks may have usage that says nothing but how the request was routed. */
function isCounted({ promptTokenCount, candidatesTokenCount, totalTokenCount }: JsonObject): boolean {
  return [promptTokenCount, candidatesTokenCount, totalTokenCount].some((count) => typeof count === 'number')
}

function audioTokens(details: unknown): number {
  if (!Array.isArray(details)) return 0
  const audio: unknown = details.find((entry) => isJsonObject(entry) && entry.modality === 'AUDIO')
  return isJsonObject(audio) ? countOf(audio.tokenCount) : 0
}

/** Our counts as Gemini's. Writing to a cache is no bucket of its own there: it counts as reading the prompt. */
export function encodeUsage(usage: Usage): JsonObject {
  const promptTokenCount = totalInputTokens(usage)
  const candidatesTokenCount = usage.outputTokens + usage.outputAudioTokens
  return {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + totalOutputTokens(usage),
    ...(usage.cacheReadTokens > 0 && { cachedContentTokenCount: usage.cacheReadTokens }),
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
    promptTokensDetails: modalities(promptTokenCount, usage.inputAudioTokens),
    candidatesTokensDetails: modalities(candidatesTokenCount, usage.outputAudioTokens),
  }
}

function modalities(total: number, audio: number): JsonObject[] {
  const text = { modality: 'TEXT', tokenCount: total - audio }
  return audio > 0 ? [text, { modality: 'AUDIO', tokenCount: audio }] : [text]
}
