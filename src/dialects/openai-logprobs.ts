import { Buffer } from 'node:buffer'
import { isJsonObject, type JsonObject, textOf } from '../core/json.ts'
import type { TokenAlternative, TokenLogprob } from '../ir/logprobs.ts'

// Chat and Responses list tokens alike. @see https://platform.openai.com/docs/api-reference/chat/object (`logprobs`)

/** Undefined where there is no list, or an empty one. */
export function decodeTokens(list: unknown): TokenLogprob[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined
  return list.filter(isJsonObject).map((entry) => {
    const top: readonly unknown[] = Array.isArray(entry.top_logprobs) ? entry.top_logprobs : []
    return { ...decodeToken(entry), alternatives: top.filter(isJsonObject).map(decodeToken) }
  })
}

function decodeToken({ token, logprob, bytes }: JsonObject): TokenAlternative {
  return {
    token: textOf(token),
    logprob: typeof logprob === 'number' ? logprob : 0,
    ...(Array.isArray(bytes) && { bytes: bytes.filter((byte) => typeof byte === 'number') }),
  }
}

/** Chat's entries: bytes that nobody told are null. */
export function encodeTokens(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map((token) => encodeEntry(token, () => null))
}

/** The entries of Responses, which always have bytes: where nobody told them, those of the token's text. */
export function encodeTokensWithBytes(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map((token) => encodeEntry(token, (text) => [...Buffer.from(text)]))
}

/** Entries in the events of a Responses stream, which tell no bytes. */
export function encodeTokensWithoutBytes(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map(({ token, logprob, alternatives }) => ({
    token,
    logprob,
    top_logprobs: alternatives.map((other) => ({ token: other.token, logprob: other.logprob })),
  }))
}

function encodeEntry(token: TokenLogprob, bytesOf: (text: string) => readonly number[] | null): JsonObject {
  const encode = ({ token: text, logprob, bytes }: TokenAlternative) => ({
    token: text,
    logprob,
    bytes: bytes ?? bytesOf(text),
  })
  return { ...encode(token), top_logprobs: token.alternatives.map(encode) }
}
