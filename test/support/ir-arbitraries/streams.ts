import fc from 'fast-check'
import { ERROR_CODES, GatewayError } from '../../../src/core/errors.ts'
import type { ChatResponse } from '../../../src/ir/response.ts'
import type { StreamEvent } from '../../../src/ir/stream-event.ts'
import { unfoldResponse } from '../../../src/ir/unfold.ts'
import { type Choices, chatResponse, logprobsOf, usage } from './answers.ts'
import { words } from './parts.ts'

/** How a stream comes: how its text is cut, which of the parts goes on next, and what stands in between. */
interface Course {
  readonly cuts: readonly number[]
  readonly picks: readonly number[]
  readonly isInterleaved: boolean
  /** Sources are named behind all text. */
  readonly citesLate: boolean
  readonly between: readonly StreamEvent[]
}

const between = fc.oneof(
  fc.constant<StreamEvent>({ type: 'ping' }),
  fc.constant<StreamEvent>({
    type: 'dropped',
    dropped: { path: 'x', action: 'dropped', reason: 'a test' },
  }),
  usage.map((counts): StreamEvent => ({ type: 'usage', usage: counts })),
)

const course: fc.Arbitrary<Course> = fc.record({
  cuts: fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 6 }),
  picks: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 12 }),
  isInterleaved: fc.boolean(),
  citesLate: fc.boolean(),
  between: fc.array(between, { maxLength: 3 }),
})

/** Streams that end well: their parts one after the other, or all at once. */
export function streamEvents(choices: Choices = 'one'): fc.Arbitrary<readonly StreamEvent[]> {
  return fc.tuple(chatResponse(choices), course).map(([response, plan]) => arrange(response, plan))
}

/** Streams that an error ends, at any point behind their start. */
export function failingStream(choices: Choices = 'one'): fc.Arbitrary<readonly StreamEvent[]> {
  return fc
    .tuple(streamEvents(choices), fc.nat(), fc.constantFrom(...ERROR_CODES), words)
    .map(([events, at, code, message]) => [
      ...events.slice(0, 1 + (at % (events.length - 1))),
      { type: 'error', error: new GatewayError(code, message) },
    ])
}

function arrange(response: ChatResponse, plan: Course): StreamEvent[] {
  const { cuts, picks, isInterleaved, citesLate } = plan
  const { alternatives = [], ...first } = response
  const [start, ...end] = unfoldResponse({ ...first, parts: [] })
  if (start === undefined) return []
  const own = unfoldEach(first).map((events) => cutDeltas(events, cuts))
  const others = alternatives.map((other, before) =>
    cutDeltas(unfoldResponse({ ...first, ...other }).slice(1), cuts).map((event) => ({
      ...event,
      ...('id' in event && { id: `${before}${event.id}` }),
      choice: before + 1,
    })),
  )
  const body = isInterleaved ? interleave([...own, ...others], picks) : [...own, ...others].flat()
  const isLate = ({ type, choice }: StreamEvent) =>
    citesLate && type === 'text-citation' && choice === undefined
  const late = body.filter(isLate)
  const early = body.filter((event) => !isLate(event))
  scatter(plan.between, early, picks)
  return [start, ...early, ...late, ...end]
}

/** The events of each part, with ids of its own. */
function unfoldEach(response: ChatResponse): StreamEvent[][] {
  return response.parts.map((part, index) =>
    unfoldResponse({ ...response, parts: [part] })
      .slice(1, -1)
      .map((event) => ('id' in event ? { ...event, id: `p${index}` } : event)),
  )
}

function scatter(some: readonly StreamEvent[], among: StreamEvent[], picks: readonly number[]): void {
  some.forEach((event, index) => {
    among.splice((picks[index % picks.length] ?? 0) % (among.length + 1), 0, event)
  })
}

function cutDeltas(events: readonly StreamEvent[], cuts: readonly number[]): StreamEvent[] {
  return events.flatMap((event): StreamEvent[] => {
    switch (event.type) {
      case 'tool-call-delta':
        return cutText(event.input, cuts).map((input) => ({ ...event, input }))
      case 'reasoning-delta':
        return cutText(event.text, cuts).map((piece) => ({ ...event, text: piece }))
      case 'text-delta':
      case 'refusal-delta':
        return cutText(event.text, cuts).map((piece) => ({
          ...event,
          text: piece,
          ...(event.logprobs !== undefined && { logprobs: logprobsOf(piece) }),
        }))
      default:
        return [event]
    }
  })
}

/** Pieces of some length each, an empty one now and then, never within a character. */
function cutText(text: string, cuts: readonly number[]): string[] {
  const characters = Array.from(text)
  const pieces: string[] = []
  for (let index = 0; characters.length > 0; index++)
    pieces.push(characters.splice(0, index < cuts.length ? (cuts[index] ?? 1) : characters.length).join(''))
  return pieces
}

/** Parts begin in their order and go on in any. */
function interleave(parts: readonly (readonly StreamEvent[])[], picks: readonly number[]): StreamEvent[] {
  const waiting = parts.map((events) => [...events])
  const running: StreamEvent[][] = []
  const merged: StreamEvent[] = []
  for (let round = 0; waiting.length + running.length > 0; round++) {
    const pick = (picks[round % picks.length] ?? 0) % (running.length + 1)
    const next = running[pick] ?? waiting.shift() ?? running[0] ?? []
    const event = next.shift()
    if (event !== undefined) merged.push(event)
    if (!running.includes(next)) running.push(next)
    if (next.length === 0) running.splice(running.indexOf(next), 1)
  }
  return merged
}
