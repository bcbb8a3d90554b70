import { countOf, isJsonObject, type JsonObject } from '../../core/json.ts'
import { NO_USAGE, totalInputTokens, totalOutputTokens, type Usage } from '../../ir/usage.ts'

/**
 * Gemini's counts as ours: `promptTokenCount` includes cached tokens, `candidatesTokenCount` excludes thoughts. The modality lists
 * say how much of either was audio.
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined
  const cacheReadTokens = countOf(wire.cachedContentTokenCount)
  const inputAudioTokens = audioTokens(wire.promptTokensDetails)
  const outputAudioTokens = audioTokens(wire.candidatesTokensDetails)
  const prompt = countOf(wire.promptTokenCount) + countOf(wire.toolUsePromptTokenCount)
  return {
    ...NO_USAGE,
    inputTokens: Math.max(0, prompt - cacheReadTokens - inputAudioTokens),
    cacheReadTokens,
    inputAudioTokens,
    outputTokens: Math.max(0, countOf(wire.candidatesTokenCount) - outputAudioTokens),
    reasoningTokens: countOf(wire.thoughtsTokenCount),
    outputAudioTokens,
  }
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
