import { createHash } from 'node:crypto'

/** @see https://docs.anthropic.com/en/api/messages (`tool_use.id`) */
const LEGAL = /^[a-zA-Z0-9_-]+$/
const KEPT_LENGTH = 40

/** The id itself where the format allows it, else one made from it: the same id always becomes the same, and no two become one. */
export function legalCallId(callId: string): string {
  if (LEGAL.test(callId)) return callId
  const hash = createHash('sha256').update(callId).digest('hex').slice(0, 12)
  return `${callId.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, KEPT_LENGTH)}_${hash}`
}
