import { GatewayError } from '../../core/errors.ts'
import type { Finish, FinishReason } from '../../ir/response.ts'

/**
 * Gemini has no finish reason for function calls: it says `STOP`, and the calls speak for themselves.
 * @see https://ai.google.dev/api/generate-content#FinishReason
 */
const UNIFIED = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'refusal',
  RECITATION: 'refusal',
  BLOCKLIST: 'refusal',
  PROHIBITED_CONTENT: 'refusal',
  SPII: 'refusal',
  IMAGE_SAFETY: 'refusal',
  IMAGE_PROHIBITED_CONTENT: 'refusal',
  IMAGE_RECITATION: 'refusal',
  LANGUAGE: 'other',
  OTHER: 'other',
  NO_IMAGE: 'other',
  IMAGE_OTHER: 'other',
  MALFORMED_FUNCTION_CALL: 'other',
  MALFORMED_RESPONSE: 'other',
  UNEXPECTED_TOOL_CALL: 'other',
  TOO_MANY_TOOL_CALLS: 'other',
} as const satisfies Record<string, FinishReason>

/** The model broke off its own answer: an error where nothing had been said yet. */
const FAILURES: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
])

const WIRE = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  refusal: 'SAFETY',
  other: 'OTHER',
} as const satisfies Record<Exclude<FinishReason, 'pause'>, string>

export function decodeFinish(raw: string, options: { hasCalls: boolean; message?: string }): Finish {
  const unified: FinishReason = Object.hasOwn(UNIFIED, raw) ? UNIFIED[raw as keyof typeof UNIFIED] : 'other'
  return {
    unified: unified === 'stop' && options.hasCalls ? 'tool-calls' : unified,
    raw,
    ...(unified === 'refusal' && options.message !== undefined && { explanation: options.message }),
  }
}

/** The answer goes on: what some servers say with every chunk but the last. */
export function isUnset(raw: string): boolean {
  return raw === '' || raw === 'FINISH_REASON_UNSPECIFIED'
}

export function isFailure(raw: string): boolean {
  return FAILURES.has(raw)
}

/** Gemini's own word where the answer came with one, else the nearest. Throws `upstream_error` for a turn that is not over: there is no word for it. */
export function encodeFinish({ unified, raw }: Finish): string {
  if (unified === 'pause')
    throw new GatewayError('upstream_error', `The provider paused its answer (${raw ?? unified}).`)
  if (raw !== undefined && Object.hasOwn(UNIFIED, raw)) return raw
  return WIRE[unified]
}
