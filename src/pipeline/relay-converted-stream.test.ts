import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { speak, type UpstreamFormat } from '../../test/support/upstream-streams.ts'
import { carry } from '../../test/support/watched-relay.ts'
import { DIALECT_IDS } from '../core/dialect-id.ts'

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
