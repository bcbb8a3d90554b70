import { GatewayError } from '../core/errors.ts'

/**
 * What was thrown; where that is the end of the stack, an error about whoever sent a value nested so deeply that writing it as JSON takes
 * more of the stack than there is. Parsing does not: such values get far.
 */
export function blameNesting(thrown: unknown, code: 'invalid_request' | 'upstream_malformed'): unknown {
  if (!(thrown instanceof RangeError) || !thrown.message.includes('call stack')) return thrown
  const whose = code === 'invalid_request' ? 'The request' : "The provider's answer"
  return new GatewayError(code, `${whose} is nested too deeply to be converted.`, { cause: thrown })
}
