import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldStream } from './fold.ts'
import type { Part } from './part.ts'
import type { ChatResponse } from './response.ts'
import type { StreamEvent } from './stream-event.ts'
import { unfoldResponse } from './unfold.ts'

const words = fc.string({ minLength: 1 })
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

/** Without the members that are undefined. */
function given<Value extends object>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return value.map(
    (each) => Object.fromEntries(Object.entries(each).filter(([, member]) => member !== undefined)) as Value,
  )
}

const logprobs = fc.array(
  fc.record({ token: words, logprob: fc.constant(-1), alternatives: fc.constant([]) }),
  { minLength: 1, maxLength: 3 },
)
const phase = fc.constantFrom('commentary', 'final_answer')
const citations = fc.array(fc.record({ type: fc.constant('url' as const), url: words }), {
  minLength: 1,
  maxLength: 2,
})
const carrier = fc.constant({ origin: 'gemini', kind: 'thought-signature', payload: 'p' } as const)

const part = fc.oneof(
  given(
    fc.record({
      type: fc.constant('text' as const),
      text: words,
      logprobs: optional(logprobs),
      phase: optional(phase),
      citations: optional(citations),
      carrier: optional(carrier),
    }),
  ),
  given(
    fc.record({
      type: fc.constant('refusal' as const),
      text: words,
      logprobs: optional(logprobs),
      phase: optional(phase),
    }),
  ),
  given(
    fc.record({ type: fc.constant('reasoning' as const), text: fc.string(), carrier: optional(carrier) }),
  ),
  given(
    fc.record({
      type: fc.constant('tool-call' as const),
      callId: words,
      name: words,
      input: fc.string(),
      kind: fc.constantFrom('function' as const, 'custom' as const),
      carrier: optional(carrier),
    }),
  ),
  fc.record({ type: fc.constant('audio' as const), mediaType: words, data: words }),
  fc.record({
    type: fc.constant('hosted' as const),
    dialect: fc.constant('gemini' as const),
    wire: fc.constant({ a: 1 }),
  }),
) as fc.Arbitrary<Part>

const answer = fc.record({
  parts: fc.array(part, { maxLength: 4 }),
  finish: fc.constantFrom({ unified: 'stop' } as const, { unified: 'length', raw: 'x' } as const),
})
const response = given(
  fc.tuple(answer, fc.array(answer, { maxLength: 2 }), optional(words)).map(
    ([first, alternatives, serviceTier]): ChatResponse => ({
      model: 'm',
      dropped: [],
      ...first,
      ...(alternatives.length > 0 && { alternatives }),
      ...(serviceTier !== undefined && { serviceTier }),
    }),
  ),
)

test('an answer that is unfolded and folded again is the same answer', () => {
  fc.assert(
    fc.property(response, (whole) => {
      expect(foldStream(unfoldResponse(whole))).toEqual(whole)
    }),
  )
})

test('TOP-09 the end of the first answer is the last event, and the only one that ends the stream', () => {
  fc.assert(
    fc.property(response, (whole) => {
      const events = unfoldResponse(whole)
      const ends = events.filter(({ type, choice }) => type === 'finish' && choice === undefined)
      expect(ends).toEqual([events.at(-1)])
    }),
  )
})

test('CIT-04 a source that is named when its text has ended still belongs to it', () => {
  const events: StreamEvent[] = [
    { type: 'text-start', id: 't0' },
    { type: 'text-delta', id: 't0', text: 'Hi' },
    { type: 'text-end', id: 't0' },
    { type: 'text-citation', id: 't0', citation: { type: 'url', url: 'u' } },
  ]
  expect(foldStream(events).parts).toEqual([
    { type: 'text', text: 'Hi', citations: [{ type: 'url', url: 'u' }] },
  ])
})

test('TOP-13 log probabilities that come in pieces are one list', () => {
  const token = (text: string) => ({ token: text, logprob: -1, alternatives: [] })
  const events: StreamEvent[] = [
    { type: 'text-start', id: 't0' },
    { type: 'text-delta', id: 't0', text: 'Hi', logprobs: [token('Hi')] },
    { type: 'text-delta', id: 't0', text: '', logprobs: [token('!')] },
  ]
  expect(foldStream(events).parts).toEqual([
    { type: 'text', text: 'Hi', logprobs: [token('Hi'), token('!')] },
  ])
})
