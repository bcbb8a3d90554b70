import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { speak, type UpstreamFormat } from '../../test/support/upstream-streams.ts'
import { carry, watchRelay } from '../../test/support/watched-relay.ts'
import { DIALECT_IDS } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'

const UPSTREAMS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

/** All streams that are recorded for a format, and one with several calls. */
function streamsOf(format: UpstreamFormat): [name: string, bytes: Buffer][] {
  const folder = new URL(`../dialects/${format}/fixtures/`, import.meta.url)
  const recorded = readdirSync(folder).filter((name) => name.endsWith('.sse'))
  const spoken = speak(format, [
    { type: 'text', pieces: ['Grüße ', '👋🏽'] },
    { type: 'call', name: 'one', pieces: ['{"city":', '"Zürich', ' 🏔"}'] },
    { type: 'call', name: 'two', pieces: ['{}'] },
  ])
  return [
    ['spoken', Buffer.from(spoken.map(({ bytes }) => bytes).join(''))],
    ...recorded.map((name): [string, Buffer] => [name, readFileSync(new URL(name, folder))]),
  ]
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places)].filter((place) => place < bytes.length).sort((a, b) => a - b)
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index]))
}

describe.each(UPSTREAMS)('STR-29 the bytes of %s may be cut anywhere', (to) => {
  test.each(streamsOf(to))('%s', (_name, bytes) => {
    const whole = DIALECT_IDS.map((from) => carry(from, to, [bytes]))
    const places = fc.array(fc.nat(bytes.length - 1), { maxLength: 40 })
    const property = fc.property(places, (cuts) => {
      const chunks = cutAt(bytes, cuts)
      expect(DIALECT_IDS.map((from) => carry(from, to, chunks))).toEqual(whole)
    })
    fc.assert(property, { numRuns: 30 })
    // where the line ends are others, the client sees the same
    const crlf = Buffer.from(bytes.toString().replaceAll(/\r?\n/g, '\r\n'))
    expect(
      DIALECT_IDS.map((from) =>
        carry(
          from,
          to,
          [...crlf].map((byte) => Buffer.of(byte)),
        ),
      ),
    ).toEqual(whole)
  })
})

describe.each(UPSTREAMS)('ERR-20 what %s said before its stream broke', (to) => {
  const [head, ...rest] = speak(to, [{ type: 'text', pieces: ['one', 'two', 'three'] }])
  const said = [head, ...rest].map((piece) => piece?.bytes ?? '')

  test.each(DIALECT_IDS)('goes out to %s, also where all came in the same bytes', (from) => {
    const broken = `${said.slice(0, -1).join('')}data: {broken\n\n`
    const { text, ending } = carry(from, to, [Buffer.from(broken)])
    expect(ending).toBe('broken upstream_malformed')
    expect(text).toMatch(/one.*two.*three.*error/is)
  })
})

const TIMEOUT = new GatewayError('upstream_timeout', 'Too slow.')
const RESET = new GatewayError('upstream_cut', 'Broken off.')

describe.each(UPSTREAMS)('%s, whose connection does not end as it should', (to) => {
  const pieces = speak(to, [{ type: 'text', pieces: ['one', 'two'] }]).map(({ bytes }) => Buffer.from(bytes))

  test.each(DIALECT_IDS)('STR-13 ERR-20 behind the end is whole to %s', (from) => {
    for (const error of [TIMEOUT, RESET]) {
      const { relay, carried } = watchRelay(from, to)
      for (const piece of pieces) relay.onData(piece)
      relay.onFailure(error)
      expect(carried()).toEqual(carry(from, to, pieces))
    }
  })

  test.each(DIALECT_IDS)('STR-14 before the end is cut to %s', (from) => {
    for (const error of [TIMEOUT, RESET]) {
      const { relay, carried } = watchRelay(from, to)
      for (const piece of pieces.slice(0, to === 'openai-chat' ? -2 : -1)) relay.onData(piece)
      relay.onFailure(error)
      expect(carried().ending).toBe(`broken ${error.code}`)
    }
  })
})

test.each(DIALECT_IDS)(
  'STR-22 counts that never come are not waited for beyond the deadline (%s)',
  (from) => {
    const pieces = speak('openai-chat', [{ type: 'text', pieces: ['one'] }]).slice(0, -1)
    const { relay, carried } = watchRelay(from, 'openai-chat')
    for (const { bytes } of pieces) relay.onData(Buffer.from(bytes))
    relay.onFailure(TIMEOUT)
    expect(carried()).toEqual(
      carry(
        from,
        'openai-chat',
        pieces.map(({ bytes }) => Buffer.from(bytes)),
      ),
    )
    expect(carried().ending).toBe('finished')
  },
)

describe('STR-12 signs of life', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const PING = 'event: ping\ndata: {"type":"ping"}\n\n'
  const COMMENT = ': keep-alive\n\n'
  const signOf = (from: string) => (from === 'anthropic-messages' ? PING : COMMENT)
  const countIn = (text: string, sign: string) => text.split(sign).length - 1

  test.each(DIALECT_IDS)('an upstream’s pings and comments reach %s in its own terms', (from) => {
    const sign = signOf(from)
    const [start, first, ...rest] = speak('anthropic-messages', [{ type: 'text', pieces: ['one'] }])
    const { relay, carried } = watchRelay(from, 'anthropic-messages')
    relay.onData(Buffer.from(`${start?.bytes}${PING}${COMMENT}`))
    expect(carried().text).toBe('')
    for (const { bytes } of [first, ...rest.slice(0, 1)].flatMap((piece) => piece ?? []))
      relay.onData(Buffer.from(bytes))
    expect(countIn(carried().text, sign)).toBe(0)
    relay.onData(Buffer.from(PING))
    expect(countIn(carried().text, sign)).toBe(1)
    relay.onData(Buffer.from(`${COMMENT}\n\ndata:\n\n`))
    expect(countIn(carried().text, sign)).toBe(3)
    relay.onFailure(RESET)
  })

  test.each(DIALECT_IDS)('silence is broken for %s, from the beginning of its thinking on', (from) => {
    const sign = signOf(from)
    const events = [
      { type: 'message_start', message: { id: 'msg_1', model: 'm', content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    ]
    const { relay, carried } = watchRelay(from, 'anthropic-messages')
    for (const event of events) relay.onData(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
    vi.advanceTimersByTime(60_500)
    expect(countIn(carried().text, sign)).toBeGreaterThanOrEqual(5)
    relay.onFailure(RESET)
    const { text } = carried()
    vi.advanceTimersByTime(60_000)
    expect(carried().text).toBe(text)
  })

  test('a stream that is busy has none', () => {
    const { relay, carried } = watchRelay('openai-chat', 'gemini')
    const chunk = '{"candidates":[{"content":{"parts":[{"text":"x"}]}}]}'
    for (let count = 0; count < 10; count++) {
      relay.onData(Buffer.from(`data: ${chunk}\n\n`))
      vi.advanceTimersByTime(9000)
    }
    expect(carried().text).not.toContain(COMMENT)
    relay.onFailure(RESET)
  })
})
