import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../support/conversation.ts'
import type { TestGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'
import { type SaidPart, type StreamPiece, speak } from '../support/upstream-streams.ts'
import { PAIRS, type Pair, startMatrix, TALKING_PAIRS } from './matrix.ts'

// The upstream sends on only once its first piece has reached the client: whoever held it back would wait forever.

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  gateway = await startMatrix(upstream.url)
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const TEXT: SaidPart[] = [{ type: 'text', pieces: ['first', 'second', 'third'] }]
const CALLS: SaidPart[] = [
  { type: 'call', name: 'one', pieces: ['{"a":"first', 'second"}'] },
  { type: 'call', name: 'two', pieces: ['{"b":"third"}'] },
]

describe.each(PAIRS)('STR-33 $from → $to', (pair) => {
  test('the first word is out before the second is in', async () => {
    await expectAtOnce(pair, TEXT, (pieces) => indexOf(pieces, 0, 0))
  })
})

describe.each(TALKING_PAIRS)('STR-33 $from → $to', (pair) => {
  test('so are the first letters of an argument, or the first call where calls come whole', async () => {
    await expectAtOnce(pair, CALLS, (pieces) => {
      if (pair.to === 'gemini') return indexOf(pieces, 0, 1)
      // a Gemini client gets whole calls, and in Chat a call has ended when the next one begins
      return pair.from === 'gemini' ? indexOf(pieces, 1, 0) - 1 : indexOf(pieces, 0, 0)
    })
  })
})

function indexOf(pieces: readonly StreamPiece[], part: number, piece: number): number {
  return pieces.findIndex((each) => each.part === part && each.piece === piece)
}

/** Sends up to `lastOf`, waits until the client has seen the first word, and sends the rest. */
async function expectAtOnce(
  { from, to }: Pair,
  said: readonly SaidPart[],
  lastOf: (pieces: readonly StreamPiece[]) => number,
): Promise<void> {
  const pieces = speak(to, said)
  const split = lastOf(pieces) + 1
  const bytesOf = (some: readonly StreamPiece[]) => some.map(({ bytes }) => bytes).join('')
  const { promise: seen, resolve: tellSeen } = Promise.withResolvers<void>()
  upstream.answerWith(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(bytesOf(pieces.slice(0, split)))
    await seen
    response.end(bytesOf(pieces.slice(split)))
  })
  const answer = await ask(gateway.url, { dialect: from, model: 'm', mode: 'streamed', key: `vk_${to}` })
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('first')) tellSeen()
  }
  expect(text).toMatch(/first.*second.*third/s)
}
