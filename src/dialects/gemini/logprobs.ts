import { isJsonObject, type JsonObject } from '../../core/json.ts'

/**
 * Gemini's log probabilities in the shape that answers carry them in (OpenAI's: a token, its alternatives, no bytes).
 * @see https://ai.google.dev/api/generate-content#LogprobsResult
 */
export function decodeLogprobs(result: unknown): JsonObject | undefined {
  if (!isJsonObject(result) || !Array.isArray(result.chosenCandidates)) return undefined
  const top: readonly unknown[] = Array.isArray(result.topCandidates) ? result.topCandidates : []
  const content = result.chosenCandidates.filter(isJsonObject).map((chosen, index) => {
    const alternatives = top[index]
    const list: unknown = isJsonObject(alternatives) ? alternatives.candidates : undefined
    return {
      ...decodeToken(chosen),
      top_logprobs: Array.isArray(list) ? list.filter(isJsonObject).map(decodeToken) : [],
    }
  })
  return { content }
}

function decodeToken({ token, logProbability }: JsonObject): JsonObject {
  return { token: token ?? '', logprob: logProbability ?? 0, bytes: null }
}

export function encodeLogprobsResult(logprobs: JsonObject | undefined): JsonObject | undefined {
  if (!Array.isArray(logprobs?.content)) return undefined
  const tokens = logprobs.content.filter(isJsonObject)
  return {
    chosenCandidates: tokens.map(encodeToken),
    topCandidates: tokens.map(({ top_logprobs: top }) => ({
      candidates: Array.isArray(top) ? top.filter(isJsonObject).map(encodeToken) : [],
    })),
  }
}

function encodeToken({ token, logprob }: JsonObject): JsonObject {
  return { token, logProbability: logprob }
}
