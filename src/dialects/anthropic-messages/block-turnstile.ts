import type { SseEvent } from '../../wire/sse-event.ts'
import type { BlockWriter, PartEvent } from './block-writer.ts'

/** Lets parts through one at a time. */
export interface Turnstile {
  pass(event: PartEvent): SseEvent[]
  /** Ends what is open, lets through all that waits, and ends that too. */
  drain(): SseEvent[]
}

/**
 * Upstreams may interleave parts; this format shows one block at a time. While a call or reasoning is open, whatever else comes is
 * held back until it ends. Text need not be waited for: it is cut where something else begins, and goes on in a block of its own.
 */
export function createTurnstile(writer: BlockWriter): Turnstile {
  const waiting = new Map<string, PartEvent[]>()
  let hostedCount = 0

  function pass(event: PartEvent): SseEvent[] {
    const { current } = writer
    // nothing to wait for: the writer accounts for what comes too late
    if (event.type === 'text-citation' && event.id !== current?.id && !waiting.has(event.id))
      return writer.write(event)
    if (current === undefined) return isStale(event) ? [] : writer.write(event)
    if (idOf(event) === current.id) {
      const events = writer.write(event)
      if (writer.current === undefined) events.push(...release())
      return events
    }
    if (current.isText) {
      if (isStale(event)) return []
      return [...writer.close(), ...writer.write(event)]
    }
    hold(event)
    return []
  }

  function hold(event: PartEvent): void {
    const id = idOf(event) ?? `hosted ${hostedCount++}`
    const events = waiting.get(id)
    if (events !== undefined) events.push(event)
    else if (!isStale(event)) waiting.set(id, [event])
  }

  function release(): SseEvent[] {
    const released: SseEvent[] = []
    for (const [id, events] of waiting) {
      if (writer.current !== undefined) {
        if (!writer.current.isText) break
        appendAll(released, writer.close())
      }
      waiting.delete(id)
      for (const event of events) appendAll(released, writer.write(event))
    }
    return released
  }

  function drain(): SseEvent[] {
    const events = writer.close()
    while (waiting.size > 0) {
      appendAll(events, release())
      appendAll(events, writer.close())
    }
    return events
  }

  return { pass, drain }
}

function idOf(event: PartEvent): string | undefined {
  return event.type === 'hosted' ? undefined : event.id
}

/** Of a part that is over: only text may go on after it was cut. */
function isStale(event: PartEvent): boolean {
  if (event.type === 'hosted' || event.type.endsWith('-start')) return false
  return event.type !== 'text-delta' && event.type !== 'refusal-delta'
}

// a held part may be millions of events, too many for the arguments of one push
function appendAll(list: SseEvent[], more: readonly SseEvent[]): void {
  for (const one of more) list.push(one)
}
