import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { TokenAlternative, TokenLogprob } from '../../ir/logprobs.ts'

/** Gemini's log probabilities: tokens as text, without their bytes. @see https://ai.google.dev/api/generate-content#LogprobsResult */
export function decodeLogprobs(result: unknown): TokenLogprob[] | undefined {
  if (!isJsonObject(result) || !Array.isArray(result.chosenCandidates)) return undefined
  const top: readonly unknown[] = Array.isArray(result.topCandidates) ? result.topCandidates : []
  const tokens = result.chosenCandidates.filter(isJsonObject).map((chosen, index) => {
    const others = top[index]
    const list: unknown = isJsonObject(others) ? others.candidates : undefined
    const alternatives = Array.isArray(list) ? list.filter(isJsonObject).map(decodeToken) : []
    return { ...decodeToken(chosen), alternatives }
  })
  return tokens.length === 0 ? undefined : tokens
}

function decodeToken({ token, logProbability }: JsonObject): TokenAlternative {
  return { token: textOf(token), logprob: typeof logProbability === 'number' ? logProbability : 0 }
}

/** `{ logprobsResult }`, or nothing where there are no tokens. */
export function encodeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  if (tokens.length === 0) return {}
  return {
    logprobsResult: {
      chosenCandidates: tokens.map(encodeToken),
      topCandidates: tokens.map(({ alternatives }) => ({ candidates: alternatives.map(encodeToken) })),
    },
  }
}

function encodeToken({ token, logprob }: TokenAlternative): JsonObject {
  return { token, logProbability: logprob }
}
