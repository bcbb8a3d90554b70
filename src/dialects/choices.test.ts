import { expect, test } from 'vitest'
import { across } from '../../test/support/dialects/across.ts'
import { PLAIN } from '../../test/support/dialects/openai-chat-base.ts'
import { foldStream } from '../ir/fold.ts'
import { unfoldResponse } from '../ir/unfold.ts'
import { DIALECTS } from './index.ts'

const TWO = { sampling: { choices: 2 } }

const chatWhole = {
  id: 'x',
  model: 'm',
  choices: ['one', 'two'].map((content, index) => ({
    index,
    message: { role: 'assistant', content },
    finish_reason: index === 0 ? 'stop' : 'length',
  })),
  usage: { prompt_tokens: 3, completion_tokens: 4 },
}
const delta = (index: number, content: string) => ({
  id: 'x',
  model: 'm',
  choices: [{ index, delta: { content }, finish_reason: null }],
})
const stop = (index: number, finish_reason: string) => ({
  id: 'x',
  model: 'm',
  choices: [{ index, delta: {}, finish_reason }],
})
const chatStream = [
  delta(0, 'o'),
  delta(1, 't'),
  delta(0, 'ne'),
  delta(1, 'wo'),
  stop(0, 'stop'),
  stop(1, 'length'),
  { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } },
  '[DONE]',
]

const candidate = (index: number, text: string, finishReason?: string) => ({
  content: { role: 'model', parts: [{ text }] },
  ...(index > 0 && { index }),
  ...(finishReason && { finishReason }),
})
const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4 }
const geminiWhole = {
  modelVersion: 'm',
  candidates: [candidate(0, 'one', 'STOP'), candidate(1, 'two', 'MAX_TOKENS')],
  usageMetadata,
}
const chunk = (...candidates: object[]) => ({ modelVersion: 'm', candidates, usageMetadata })
const geminiStream = [
  chunk(candidate(0, 'o'), candidate(1, 't')),
  chunk(candidate(0, 'ne', 'STOP')),
  chunk(candidate(1, 'wo', 'MAX_TOKENS')),
]

test('TOP-09 several choices of Chat are several candidates for Gemini, whole and streamed', () => {
  const crossing = across('openai-chat', 'gemini', TWO)
  expect(crossing.whole(chatWhole)).toMatchObject(geminiWholeShape())
  const chunks = crossing.stream(chatStream)
  expect(textsOf(chunks)).toEqual(['one', 'two'])
  expect(chunks.map(({ candidates }) => candidates)).toContainEqual([
    expect.objectContaining({ index: 1, finishReason: 'MAX_TOKENS' }),
  ])
  // counts and the first candidate's end come last
  expect(chunks.at(-1)).toMatchObject({
    candidates: [{ index: 0, finishReason: 'STOP' }],
    usageMetadata: { candidatesTokenCount: 4 },
  })
  expect(crossing.lost).toEqual([])
})

function geminiWholeShape(): object {
  return {
    candidates: [
      { index: 0, content: { parts: [{ text: 'one' }] }, finishReason: 'STOP' },
      { index: 1, content: { parts: [{ text: 'two' }] }, finishReason: 'MAX_TOKENS' },
    ],
  }
}

function textsOf(chunks: readonly object[]): string[] {
  const texts = ['', '']
  for (const { candidates } of chunks as {
    candidates: { index: number; content: { parts: { text: string }[] } }[]
  }[])
    for (const { index, content } of candidates)
      texts[index] += content.parts.map(({ text }) => text).join('')
  return texts
}

test.each(['openai-chat', 'openai-completions'] as const)(
  'TOP-09 STR-21 several candidates of Gemini are several choices for %s, whole and streamed',
  (client) => {
    const crossing = across('gemini', client, TWO)
    const { choices } = crossing.whole(geminiWhole)
    expect(choices).toMatchObject([
      { index: 0, finish_reason: 'stop' },
      { index: 1, finish_reason: 'length' },
    ])
    const chunks = crossing.stream(geminiStream).flatMap((each) => each.choices as Chunk[])
    expect(
      [0, 1].map((index) =>
        chunks
          .filter((each) => each.index === index)
          .map(saidIn)
          .join(''),
      ),
    ).toEqual(['one', 'two'])
    const ends = chunks.filter(({ finish_reason: reason }) => reason !== null)
    expect(ends).toMatchObject([
      { index: 1, finish_reason: 'length' },
      { index: 0, finish_reason: 'stop' },
    ])
    expect(crossing.lost).toEqual([])
  },
)

interface Chunk {
  readonly index: number
  readonly text?: string
  readonly delta?: { readonly content?: string | null }
  readonly finish_reason: string | null
}

function saidIn({ text, delta: said }: Chunk): string {
  return text ?? said?.content ?? ''
}

test('STR-21 of a choice of its own every chunk tells the role first', () => {
  const chunks = across('gemini', 'openai-chat', TWO).stream(geminiStream)
  const roles = chunks.flatMap(({ choices }) => choices as { index: number; delta: { role?: string } }[])
  expect(roles.filter(({ delta: { role } }) => role !== undefined).map(({ index }) => index)).toEqual([0, 1])
})

test('TOP-09 a candidate that never comes does not keep the others from their end', () => {
  const decode = DIALECTS.gemini.upstream?.createStreamDecoder()
  const read = (data: string) => decode?.({ data }) ?? []
  const events = geminiStream.flatMap((each) => read(JSON.stringify(each)))
  expect(events.some(({ type, choice }) => type === 'finish' && choice === undefined)).toBe(false)
  // whoever sees the stream end says so
  expect(read(DIALECTS.gemini.upstream?.impliedEnd?.data ?? '').slice(-2)).toMatchObject([
    { type: 'text-end' },
    { type: 'finish', finish: { unified: 'stop' } },
  ])
})

test.each([
  ['openai-chat', chatWhole, chatStream],
  ['gemini', geminiWhole, geminiStream],
] as const)(
  'TOP-09 %s: a folded stream is the whole answer, and it unfolds to itself',
  (id, body, stream) => {
    const { upstream } = DIALECTS[id]
    const decode = upstream?.createStreamDecoder()
    const events = [...stream, '[DONE]'].flatMap(
      (each) => decode?.({ data: typeof each === 'string' ? each : JSON.stringify(each) }) ?? [],
    )
    const whole = upstream?.decodeResponse(body)
    expect(foldStream(events)).toEqual(whole)
    expect(whole && foldStream(unfoldResponse(whole))).toEqual(whole)
    expect(whole?.alternatives).toMatchObject([{ parts: [{ text: 'two' }], finish: { unified: 'length' } }])
  },
)

test('TOP-09 calls of several choices have ids of their own', () => {
  const call = { function: { name: 'f', arguments: '{}' } }
  const choices = [0, 1].map((index) => ({ index, message: { tool_calls: [call] }, finish_reason: 'stop' }))
  const { parts, alternatives } = DIALECTS['openai-chat'].upstream?.decodeResponse({ id: 'x', choices }) ?? {}
  expect(alternatives?.[0]?.parts).not.toEqual(parts)
})

test.each(['anthropic-messages', 'openai-responses'] as const)('TOP-09 %s gives one answer', (id) => {
  const { upstream } = DIALECTS[id]
  const request = { ...BARE, sampling: { choices: 2 } }
  expect(() => upstream?.encodeRequest(request, { model: 'm', capabilities: PLAIN })).toThrow(
    expect.objectContaining({ code: 'unsupported_parameter', path: 'n' }),
  )
})

const BARE = {
  source: 'openai-chat',
  model: 'm',
  isStreaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  stopSequences: [],
  wantsStreamUsage: false,
  extras: [],
} as const
