/**
 * What one answer used, in tokens. The buckets are disjoint: no token stands in two of them, none is negative, and their sum is
 * everything that was read or written. Dialects define "input" and "output" differently; their `usage.ts` files translate.
 */
export interface Usage {
  /** Read by the model and not found in a cache; audio not included. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  /** Written to a cache that lives for minutes (Anthropic: 5 m; OpenAI: 30 m). */
  readonly cacheWriteTokens: number
  /** Written to a cache that lives for hours (Anthropic: 1 h). */
  readonly cacheWriteLongTokens: number
  readonly inputAudioTokens: number
  /** Written by the model for the client to see, tool calls included; reasoning and audio not. */
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly outputAudioTokens: number
  /** Uses of the provider's own tools, such as web searches: a number of calls, not of tokens. */
  readonly hostedToolCalls: number
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  inputAudioTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  outputAudioTokens: 0,
  hostedToolCalls: 0,
}

/** Everything the model read, cached or not. */
export function totalInputTokens(usage: Usage): number {
  return (
    usage.inputTokens +
    usage.cacheReadTokens +
    usage.cacheWriteTokens +
    usage.cacheWriteLongTokens +
    usage.inputAudioTokens
  )
}

/** Everything the model wrote, shown or not. */
export function totalOutputTokens(usage: Usage): number {
  return usage.outputTokens + usage.reasoningTokens + usage.outputAudioTokens
}
