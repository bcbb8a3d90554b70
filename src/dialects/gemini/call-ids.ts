import { createHash } from 'node:crypto'

/** What every API accepts as the id of a call. */
const LEGAL_ID = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Ids for the calls of one answer. Gemini often gives none; one that it gives is kept where it is legal elsewhere and not repeated.
 * The others are made from `seed`, which differs from answer to answer, and the call's number in the whole answer, so that no two
 * calls of a conversation share an id.
 */
export function createAnswerCallIds(): (wireId: unknown, seed: string) => string {
  const used = new Set<string>()
  let count = 0
  return (wireId, seed) => {
    const isKept = typeof wireId === 'string' && LEGAL_ID.test(wireId) && !used.has(wireId)
    const id = isKept ? wireId : `call_${hashOf(`${seed}\n${count}\n${kept(wireId)}`)}`
    used.add(id)
    count += 1
    return id
  }
}

function kept(wireId: unknown): string {
  return typeof wireId === 'string' ? wireId : ''
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

/** Ties results to calls in the history that a client sent: by id where both have one, else by name, in the order of the calls. */
export interface HistoryCallIds {
  ofCall(wireId: string | undefined, name: string, turn: number): string
  ofResult(wireId: string | undefined, name: string | undefined, turn: number): string
}

export function createHistoryCallIds(): HistoryCallIds {
  const known = new Set<string>()
  const unanswered = createQueue()
  // a result with an id of its own can only belong to a call that it names, or to one that has none
  const unansweredWithoutId = createQueue()
  let turnOfLast = -1
  let numberInTurn = 0
  let resultCount = 0

  function ofCall(wireId: string | undefined, name: string, turn: number): string {
    numberInTurn = turn === turnOfLast ? numberInTurn + 1 : 0
    turnOfLast = turn
    const id = wireId || `call_${turn}_${numberInTurn}_${plainName(name)}`
    known.add(id)
    unanswered.add(id, name)
    if (!wireId) unansweredWithoutId.add(id, name)
    return id
  }

  function ofResult(wireId: string | undefined, name: string | undefined, turn: number): string {
    resultCount += 1
    const open = wireId ? unansweredWithoutId : unanswered
    const found = wireId && known.has(wireId) ? wireId : open.first(name || undefined)
    if (found === undefined) return wireId || `call_${turn}_${resultCount}_without_call`
    unanswered.remove(found)
    unansweredWithoutId.remove(found)
    return found
  }

  return { ofCall, ofResult }
}

/** Ids in the order in which they came, to be found by name as well. */
function createQueue() {
  const nameOf = new Map<string, string>()
  const idsOf = new Map<string, Set<string>>()
  return {
    add(id: string, name: string): void {
      nameOf.set(id, name)
      idsOf.set(name, (idsOf.get(name) ?? new Set()).add(id))
    },
    first(name: string | undefined): string | undefined {
      const ids = name === undefined ? nameOf.keys() : (idsOf.get(name) ?? new Set<string>()).values()
      return ids.next().value
    },
    remove(id: string): void {
      idsOf.get(nameOf.get(id) ?? '')?.delete(id)
      nameOf.delete(id)
    },
  }
}

function plainName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 40)
}
