import { createHash } from 'node:crypto'

/**
 * Gives every call of one answer an id that no other call has. An upstream's own id is kept; one that is blank, or that the answer has used
 * before, is replaced by one made from the answer's own id, so that it is unique across turns, too.
 */
export function createCallIds(): (own: unknown, answer: string) => string {
  const used = new Set<string>()
  return (own, answer) => {
    const isUsable = typeof own === 'string' && own.trim() !== '' && !used.has(own)
    const id = isUsable ? own : synthesize(answer, used.size)
    used.add(id)
    return id
  }
}

/** @see https://github.com/vercel/ai/issues/8132 */
const LEGAL_FOR_OPENAI = /^[a-zA-Z0-9_-]{1,40}$/

/** An id that OpenAI takes: itself, or else its hash, the same in call and result and in every turn. */
export function openAiCallId(callId: string): string {
  if (LEGAL_FOR_OPENAI.test(callId)) return callId
  return `call_${createHash('sha256').update(callId).digest('hex').slice(0, 24)}`
}

function synthesize(answer: string, position: number): string {
  return `call_${createHash('sha256').update(`${answer}\n${position}`).digest('hex').slice(0, 24)}`
}
