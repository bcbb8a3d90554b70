import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { readSseEvent } from '../wire/sse-event.ts'
import type { EventMeaning, MutableFacts, StreamReader } from './dialect.ts'
import { parseEvent } from './parse-event.ts'

/** What differs from one dialect's streams to another's. */
export interface StreamRules {
  readEvent(json: JsonObject, facts: MutableFacts): EventMeaning
  /** True once `facts` and what has been read allow a clean end without the terminal event. */
  mayEnd(facts: MutableFacts): boolean
  createFold(): StreamFold
}

/** Puts the events of a stream together again as the whole answer. Its work is bounded by the stream's length. */
export interface StreamFold {
  add(json: JsonObject): void
  whole(): unknown
}

/** Chat's last word, which servers of other formats send, too. */
const SENTINEL = '[DONE]'
/** Past this much of a stream no more of it is kept for the log: a record is not an archive. */
const MAX_KEPT_BYTES = 1024 * 1024

export function createStreamReader(rules: StreamRules, options: { keepsAnswer: boolean }): StreamReader {
  const facts: MutableFacts = {}
  const fold = options.keepsAnswer ? rules.createFold() : undefined
  let hasEnded = false
  let keptBytes = 0

  function read(block: Buffer): EventMeaning {
    const event = readSseEvent(block)
    // some servers pad it, and SDKs do not mind; others send empty data as a sign of life
    const data = event?.data.trim() ?? ''
    // what comes behind the end changes nothing
    if (event === undefined || data === '' || hasEnded) return 'nothing'
    if (data === SENTINEL) {
      hasEnded = isWhole()
      return 'end'
    }
    const json = parseEvent(event.data)
    keptBytes += block.length
    if (fold !== undefined && keptBytes <= MAX_KEPT_BYTES) fold.add(json)
    const meaning = rules.readEvent(json, facts)
    if (meaning === 'end' || meaning === 'error') hasEnded = true
    return meaning
  }

  /** Proxies and servers in trouble send the sentinel, too. */
  function isWhole(): true {
    if (rules.mayEnd(facts)) return true
    throw new GatewayError('upstream_cut', 'The provider ended its stream before the answer was complete.')
  }

  return {
    read,
    facts,
    get isComplete() {
      return hasEnded || rules.mayEnd(facts)
    },
    answer: () =>
      keptBytes <= MAX_KEPT_BYTES ? fold?.whole() : { omitted: 'longer than is kept', bytes: keptBytes },
  }
}
