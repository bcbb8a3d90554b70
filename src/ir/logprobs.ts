/** How likely the model found one token of its answer, as a natural logarithm. */
export interface TokenLogprob extends TokenAlternative {
  /** The likeliest tokens at this place, as many as were asked for. */
  readonly alternatives: readonly TokenAlternative[]
}

export interface TokenAlternative {
  readonly token: string
  readonly logprob: number
  /** In UTF-8, since a token may be part of a character. Undefined where the upstream does not say. */
  readonly bytes?: readonly number[]
}
