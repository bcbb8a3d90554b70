import type { ChatResponse, Dropped } from '../ir/response.ts'
import type { StreamEvent } from '../ir/stream-event.ts'
import type { Exchange } from './exchange.ts'

/** An answer that loses more kinds of things than this has made its point. */
const MAX_NOTED = 100

/** Takes down what an answer loses on its way to the client, each thing once, beside what its request lost. */
export function createLossNote(exchange: Exchange): (lost: Dropped) => void {
  return (lost) => {
    const isKnown = exchange.dropped.some(({ path, reason }) => path === lost.path && reason === lost.reason)
    if (!isKnown && exchange.dropped.length < MAX_NOTED) exchange.dropped = [...exchange.dropped, lost]
  }
}

const UNASKED: Dropped = {
  path: 'choices',
  action: 'dropped',
  reason: 'the upstream answered more often than it was asked to',
}

/** The answer with as many alternatives as were asked for; upstreams may send more. */
export function onlyAsked(
  response: ChatResponse,
  choices: number,
  note: (lost: Dropped) => void,
): ChatResponse {
  const { alternatives, ...first } = response
  if (alternatives === undefined || alternatives.length < choices) return response
  note(UNASKED)
  return choices > 1 ? { ...first, alternatives: alternatives.slice(0, choices - 1) } : first
}

/** True for an event of a choice that nobody asked for. */
export function isUnasked(
  { choice = 0 }: StreamEvent,
  choices: number,
  note: (lost: Dropped) => void,
): boolean {
  if (choice < choices) return false
  note(UNASKED)
  return true
}
