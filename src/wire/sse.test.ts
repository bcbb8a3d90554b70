import { createParser, type EventSourceMessage } from 'eventsource-parser'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLineState, findEventEnds } from './sse-boundaries.ts'
import { readSseEvent, type SseEvent, writeSseEvent } from './sse-event.ts'

/** Events of a stream that arrives in these pieces, found by the code under test. */
function readAll(pieces: readonly Buffer[]): { events: SseEvent[]; rest: string } {
  const lines = createLineState()
  const events: SseEvent[] = []
  let pending = Buffer.alloc(0)
  for (const piece of pieces) {
    const ends = findEventEnds(lines, piece)
    let start = 0
    for (const end of ends) {
      const event = readSseEvent(Buffer.concat([pending, piece.subarray(start, end)]))
      if (event !== undefined) events.push(event)
      pending = Buffer.alloc(0)
      start = end
    }
    pending = Buffer.concat([pending, piece.subarray(start)])
  }
  return { events, rest: pending.toString() }
}

/** The same by a parser that is not ours. */
function readByOthers(bytes: Buffer): SseEvent[] {
  const events: SseEvent[] = []
  const onEvent = ({ event, data }: EventSourceMessage) =>
    events.push(event === undefined ? { data } : { event, data })
  createParser({ onEvent }).feed(bytes.toString())
  return events
}

const line = fc.oneof(
  fc.constantFrom('data: {"a":1}', 'data:x', 'data:  é😀', 'data', 'event: ping', 'event:', ': comment', ''),
  fc.constantFrom('id: 7', 'retry: 5', 'unknown: y', 'database: no', ''),
)
const stream = fc
  .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([lines, lineEnd]) => Buffer.from(lines.map((each) => each + lineEnd).join('') + lineEnd))

describe('SSE bytes', () => {
  test('are read alike wherever they are cut', () => {
    const property = fc.property(stream, fc.array(fc.nat(400)), (bytes, cuts) => {
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
      expect(readAll(pieces).events).toEqual(readAll([bytes]).events)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('hold the events that another parser finds', () => {
    const property = fc.property(stream, (bytes) => {
      const named = (events: SseEvent[]) =>
        events.map(({ event, data }) => ({ data, event: event || undefined }))
      expect(named(readAll([bytes]).events)).toEqual(named(readByOthers(bytes)))
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('leave an unfinished event over', () => {
    expect(readAll([Buffer.from('data: 1\n\ndata: 2\n')])).toEqual({
      events: [{ data: '1' }],
      rest: 'data: 2\n',
    })
  })
})

test('an event may begin with a byte order mark, and has its lines joined', () => {
  expect(readSseEvent(Buffer.from('\ufeffdata: 1\n\n'))).toEqual({ data: '1' })
  expect(readSseEvent(Buffer.from('data: {"a":\r\ndata: 1}\r\n\r\n'))).toEqual({ data: '{"a":\n1}' })
  expect(readSseEvent(Buffer.from(': only a comment\n\n'))).toBeUndefined()
})

test('what is written can be read', () => {
  const event = { event: 'error', data: '{"é":1}' }
  expect(readSseEvent(Buffer.from(writeSseEvent(event)))).toEqual(event)
  expect(writeSseEvent({ data: '[DONE]' })).toBe('data: [DONE]\n\n')
})
