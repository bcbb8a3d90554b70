import { hashOf } from './encode-context.ts'

const LEGAL_CALL_ID = /^[a-zA-Z0-9_-]{1,64}$/

/** Ids that OpenAI would refuse are replaced by their hash, the same in call and result and in every turn. */
export function encodeCallId(callId: string): string {
  return LEGAL_CALL_ID.test(callId) ? callId : `call_${hashOf(callId).slice(0, 32)}`
}
