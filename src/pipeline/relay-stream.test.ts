import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import { DIALECTS } from '../dialects/index.ts'
import { Client } from './client.ts'
import { createCredentialGuard } from './credential-guard.ts'
import { openExchange } from './exchange.ts'
import type { PassingAnswer } from './relay.ts'
import { StreamRelay } from './relay-stream.ts'

type Ending = 'open' | 'finished' | `rejected ${string}` | `broken ${string}`

interface Watched {
  readonly relay: StreamRelay
  /** Everything that the client got. */
  readonly text: () => string
  readonly ending: () => Ending
}

function watch(dialect: DialectId, hidesUsage = false): Watched {
  const sent: Buffer[] = []
  let ending: Ending = 'open'
  const keep = (bytes: Buffer | string = '') => sent.push(Buffer.from(bytes))
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const client = new Client({ response, takeOver: () => undefined })
  const answer: PassingAnswer = {
    exchange: openExchange({ requestId: 'req_1', method: 'POST', path: '/', nowMs: 0 }),
    dialect: DIALECTS[dialect],
    client,
    status: 200,
    headers: {},
    hidesUsage,
    guard: createCredentialGuard([]),
    contentBegan: () => undefined,
    send: keep,
    finish: (last) => {
      keep(last)
      ending = 'finished'
    },
    reject: (error) => {
      ending = `rejected ${error.code}`
    },
    breakOff: (error, last) => {
      keep(last)
      ending = `broken ${error.code}`
    },
  }
  return { relay: new StreamRelay(answer), text: () => Buffer.concat(sent).toString(), ending: () => ending }
}

const ROLE = 'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n'
const TEXT = 'data: {"choices":[{"index":0,"delta":{"content":"é😀"}}]}\n\n'
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n'
const DONE = 'data: [DONE]\n\n'
const ERROR = 'data: {"error":{"message":"theirs"}}\n\n'

function play(pieces: readonly (string | Buffer)[], hidesUsage = false): Watched {
  const watched = watch('openai-chat', hidesUsage)
  for (const piece of pieces) watched.relay.onData(Buffer.from(piece))
  return watched
}

describe('bytes', () => {
  const event = fc.constantFrom(
    ROLE,
    TEXT,
    USAGE,
    ': comment\n\n',
    'event: x\ndata: {"choices":\ndata: []}\n\n',
    '\n',
  )
  const stream = fc.tuple(
    fc.array(event, { maxLength: 8 }),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.boolean(),
  )

  test('are the same however they are cut', () => {
    const property = fc.property(
      stream,
      fc.array(fc.nat(700), { maxLength: 20 }),
      ([events, lineEnd, hides], cuts) => {
        const written = (list: readonly string[]) => list.join('').replaceAll('\n', lineEnd)
        const bytes = Buffer.from(written([...events, FINISH, DONE]))
        const places = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b),
          bytes.length,
        ]
        const { relay, text, ending } = play(
          places.slice(1).map((place, index) => bytes.subarray(places[index], place)),
          hides,
        )
        relay.onEnd()
        const expected = hides ? events.filter((each) => each !== USAGE) : events
        expect(text()).toBe(written([...expected, FINISH, DONE]))
        expect(ending()).toBe('finished')
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})

describe('the beginning', () => {
  test('is held back until there is content', () => {
    const { relay, text } = play([': ping\n\n', ROLE])
    expect(text()).toBe('')
    relay.onData(Buffer.from(TEXT))
    expect(text()).toBe(`: ping\n\n${ROLE}${TEXT}`)
  })

  test.each([
    ['its error event', [ROLE, ERROR], 'rejected upstream_error'],
    ['its error event without a blank line', [ERROR.trimEnd()], 'rejected upstream_error'],
    ['broken JSON', [ROLE, 'data: {"x\n\n'], 'rejected upstream_malformed'],
    ['an early end', [ROLE], 'rejected upstream_cut'],
    ['an end before anything', [], 'rejected upstream_cut'],
  ])('turns %s into a real status', (_name, pieces, expected) => {
    const { relay, text, ending } = play(pieces)
    relay.onEnd()
    expect([text(), ending()]).toEqual(['', expected])
  })
})

describe('once content was sent', () => {
  test('a cut drops half an event, and says so in-band', () => {
    const { relay, text, ending } = play([TEXT, TEXT.slice(0, 20)])
    relay.onFailure(new GatewayError('upstream_cut', 'Broken off.'))
    expect(ending()).toBe('broken upstream_cut')
    expect(text()).toMatch(/^data: .*\n\ndata: \{"error":.*\n\n$/)
    expect(text()).not.toContain('[DONE]')
  })

  test('broken JSON ends the stream at the last good event', () => {
    const { relay, text, ending } = play([`${TEXT}data: {"x\n\n${TEXT}${DONE}`])
    relay.onEnd()
    expect(ending()).toBe('broken upstream_malformed')
    expect(text().split('\n\n')).toHaveLength(3)
  })

  test('the upstream’s own error passes, and nothing is added to it', () => {
    const { relay, text, ending } = play([TEXT, ERROR])
    relay.onFailure(new GatewayError('upstream_cut', 'Broken off.'))
    expect([text(), ending()]).toEqual([TEXT + ERROR, 'finished'])
  })

  test('a connection that breaks behind the terminal event breaks nothing', () => {
    const { relay, text, ending } = play([TEXT, FINISH, DONE])
    relay.onFailure(new GatewayError('upstream_cut', 'Broken off.'))
    expect([text(), ending()]).toEqual([TEXT + FINISH + DONE, 'finished'])
  })

  test('STR-22 an upstream that never closes its connection does not make a whole answer cut', () => {
    const { relay, text, ending } = play([TEXT, FINISH, USAGE])
    relay.onFailure(new GatewayError('upstream_timeout', 'Too slow.'))
    expect([text(), ending()]).toEqual([TEXT + FINISH + USAGE, 'finished'])
    const early = play([TEXT])
    early.relay.onFailure(new GatewayError('upstream_timeout', 'Too slow.'))
    expect(early.ending()).toBe('broken upstream_timeout')
  })

  test('STR-13 ERR-20 [DONE] before the answer has ended is kept back, and the cut is told', () => {
    const { relay, text, ending } = play([TEXT, DONE])
    relay.onEnd()
    expect(ending()).toBe('broken upstream_cut')
    expect(text()).toMatch(/^data: .*\n\ndata: \{"error":.*\n\n$/)
  })

  test('STR-13 what other servers put behind their end passes', () => {
    const watched = watch('anthropic-messages')
    const stop = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    watched.relay.onData(Buffer.from(`${stop}${DONE}`))
    watched.relay.onEnd()
    expect([watched.text(), watched.ending()]).toEqual([stop + DONE, 'finished'])
  })

  test('a last event without its blank line still counts', () => {
    const { relay, text, ending } = play([TEXT, FINISH, 'data: [DONE]'])
    relay.onEnd()
    expect([text(), ending()]).toEqual([`${TEXT}${FINISH}data: [DONE]`, 'finished'])
  })
})
