import { GatewayError } from '../core/errors.ts'
import { countOf, isJsonObject } from '../core/json.ts'
import type { EncodedRequest } from '../ir/conversion.ts'
import type { TokenCount } from './dialect.ts'

// What Anthropic's and OpenAI's counting endpoints have in common.

/** A request with only the fields of its body that a count knows. */
export function pickFields(encoded: EncodedRequest, fields: readonly string[]): EncodedRequest {
  const body = Object.fromEntries(Object.entries(encoded.body).filter(([name]) => fields.includes(name)))
  return { ...encoded, body }
}

/** The count of an answer with `input_tokens`. Throws `upstream_malformed` where there is none. */
export function readInputTokens(answer: unknown): TokenCount {
  const tokens = isJsonObject(answer) ? answer.input_tokens : undefined
  if (typeof tokens === 'number') return { inputTokens: countOf(tokens) }
  throw new GatewayError('upstream_malformed', 'The provider sent no token count.')
}
