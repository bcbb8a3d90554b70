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

function synthesize(answer: string, position: number): string {
  return `call_${createHash('sha256').update(`${answer}\n${position}`).digest('hex').slice(0, 24)}`
}
