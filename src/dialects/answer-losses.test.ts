import { describe, expect, test } from 'vitest'
import type { DialectId } from '../core/dialect-id.ts'
import type { AnswerContext } from '../ir/conversion.ts'
import type { Part } from '../ir/part.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { ChatResponse, Dropped } from '../ir/response.ts'
import { unfoldResponse } from '../ir/unfold.ts'
import { DIALECTS } from './index.ts'

const text = { type: 'text', text: 'Hi' } as const

/** What a client's format reports of an answer, whole and streamed alike. */
function lossesOf(
  client: DialectId,
  parts: readonly Part[],
  rest: Partial<ChatResponse> = {},
  request: Partial<ChatRequest> = {},
): string[] {
  const response: ChatResponse = { model: 'm', parts, finish: { unified: 'stop' }, dropped: [], ...rest }
  const whole = reported(client, request, (context) =>
    DIALECTS[client].client.encodeResponse(response, context),
  )
  const streamed = reported(client, request, (context) => {
    const encode = DIALECTS[client].client.createStreamEncoder(context)
    unfoldResponse(response).forEach(encode)
  })
  expect(streamed).toEqual(whole)
  return whole
}

function reported(
  source: DialectId,
  request: Partial<ChatRequest>,
  run: (context: AnswerContext) => unknown,
): string[] {
  const lost: Dropped[] = []
  const asked: ChatRequest = {
    source,
    model: 'm',
    isStreaming: false,
    messages: [],
    tools: [],
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
    ...request,
  }
  run({ request: asked, requestId: 'req_1', nowSeconds: 1, report: (entry) => void lost.push(entry) })
  return lost.map(({ action, path }) => `${action} ${path}`)
}

const CLIENTS = [
  ['openai-chat', 'choices[].message'],
  ['openai-completions', 'choices[].text'],
  ['openai-responses', 'output'],
  ['anthropic-messages', 'content'],
  ['gemini', 'candidates[].content.parts'],
] as const

describe.each(CLIENTS)('%s', (client, path) => {
  test('an answer of words loses nothing', () => {
    expect(lossesOf(client, [text], { serviceTier: 'default' })).toEqual([])
  })

  test("SRV-04 RSP-18 what another provider's own tools did is reported", () => {
    const dialect = client === 'gemini' ? 'anthropic-messages' : 'gemini'
    const foreign: Part = { type: 'hosted', dialect, wire: { type: 'fallback', executableCode: {} } }
    expect(lossesOf(client, [text, foreign])).toEqual([`dropped ${path}`])
  })

  test('TCL-01 arguments that are no object are reported where an object is written', () => {
    const odd = { type: 'tool-call', callId: 'c', name: 'f', input: '[1]', kind: 'function' } as const
    const isText = client.startsWith('openai-')
    if (client === 'openai-completions') return
    expect(lossesOf(client, [odd])).toEqual(isText ? [] : [`approximated ${path}`])
  })

  test('MSG-19 commentary that is not told from the answer is reported, but where it is', () => {
    const losses = lossesOf(client, [{ ...text, phase: 'commentary' }])
    expect(losses).toEqual(client === 'openai-responses' ? [] : [`dropped ${path}`])
  })

  test('STP-22 which of several stop sequences was met', () => {
    const met = { finish: { unified: 'stop-sequence', stopSequence: 'END' } } as const
    expect(lossesOf(client, [text], met, { stopSequences: ['END'] })).toEqual([])
    const losses = lossesOf(client, [text], met, { stopSequences: ['END', 'STOP'] })
    expect(losses).toHaveLength(client === 'anthropic-messages' ? 0 : 1)
  })
})

test.each<[DialectId, string]>([
  ['openai-chat', 'choices[].finish_reason'],
  ['openai-completions', 'choices[].finish_reason'],
  ['openai-responses', 'status'],
  ['anthropic-messages', 'stop_reason'],
])('STP-10 STP-26 %s: an end that has no name there is told as a cut, and reported', (client, path) => {
  const lost = lossesOf(client, [text], { finish: { unified: 'other', raw: 'steered' } })
  expect(lost).toEqual([`approximated ${path}`])
})

test('STP-22 a Messages client is told that nobody knows whether its stop sequence was met', () => {
  const asked = { stopSequences: ['END'] }
  expect(lossesOf('anthropic-messages', [text], {}, asked)).toEqual(['approximated stop_sequence'])
  expect(lossesOf('anthropic-messages', [text], { finish: { unified: 'length' } }, asked)).toEqual([])
  const several = { stopSequences: ['END', 'STOP'] }
  const met = { finish: { unified: 'stop-sequence' } } as const
  expect(lossesOf('anthropic-messages', [text], met, several)).toEqual(['approximated stop_sequence'])
})

test('MSG-18 a client of the deprecated functions reads one call; the others are reported', () => {
  const call = (callId: string): Part => ({
    type: 'tool-call',
    callId,
    name: 'f',
    input: '{}',
    kind: 'function',
  })
  const mark = { dialect: 'openai-chat', path: 'functions', value: [], weight: 'note' } as const
  const finish = { finish: { unified: 'tool-calls' } } as const
  const asked = { extras: [mark] }
  expect(lossesOf('openai-chat', [call('a')], finish, asked)).toEqual([])
  expect(lossesOf('openai-chat', [call('a'), call('b')], finish, asked)).toEqual([
    'dropped choices[].message',
  ])
  expect(lossesOf('openai-chat', [call('a'), call('b')], finish)).toEqual([])
})

describe('media', () => {
  const source = { type: 'base64', mediaType: 'image/png', data: 'AA==' } as const
  const image: Part = { type: 'image', source }
  const audio: Part = { type: 'audio', mediaType: 'audio/wav', data: 'AA==' }
  const video: Part = { type: 'video', source: { ...source, mediaType: 'video/mp4' } }

  test.each<[DialectId, string[]]>([
    [
      'openai-chat',
      ['approximated choices[].message', 'dropped choices[].message', 'dropped choices[].message'],
    ],
    ['openai-completions', ['dropped choices[].text', 'dropped choices[].text', 'dropped choices[].text']],
    ['openai-responses', ['dropped output', 'dropped output']],
    ['anthropic-messages', ['dropped content', 'dropped content', 'dropped content']],
    ['gemini', []],
  ])('PRT-15 %s shows what it can and reports the rest', (client, losses) => {
    expect(lossesOf(client, [text, image, audio, video])).toEqual(losses)
  })

  test('PRT-15 pictures in the places that clients know, whole and streamed', () => {
    const response: ChatResponse = { model: 'm', parts: [image], finish: { unified: 'stop' }, dropped: [] }
    const sent = (client: DialectId) => {
      const context = contextOf(client)
      const converter = DIALECTS[client].client
      const encode = converter.createStreamEncoder(context)
      const streamed = unfoldResponse(response).flatMap((event) => encode(event))
      return [
        JSON.stringify(converter.encodeResponse(response, context)),
        streamed.map(({ data }) => data).join('\n'),
      ]
    }
    for (const shown of sent('openai-chat')) expect(shown).toContain('"url":"data:image/png;base64,AA=="')
    for (const shown of sent('openai-responses')) {
      expect(shown).toContain('image_generation_call')
      expect(shown).toContain('"result":"AA=="')
    }
    for (const shown of sent('gemini')) expect(shown).toContain('{"mimeType":"image/png","data":"AA=="}')
  })
})

function contextOf(source: DialectId): AnswerContext {
  let found: AnswerContext | undefined
  reported(source, {}, (context) => {
    found = context
  })
  if (found === undefined) throw new Error('unreachable')
  return found
}

describe('RSP-15 TOP-16 the tier that served', () => {
  test.each<[DialectId, string, string[]]>([
    ['openai-chat', 'standard', []],
    ['openai-chat', 'batch', ['dropped service_tier']],
    ['openai-responses', 'batch', ['dropped service_tier']],
    ['gemini', 'priority', []],
    ['gemini', 'scale', ['dropped service_tier']],
  ])('%s: %s', (client, serviceTier, losses) => {
    expect(lossesOf(client, [text], { serviceTier })).toEqual(losses)
  })

  test('a Messages stream cannot tell a tier that is known at its end only', () => {
    const response: ChatResponse = {
      model: 'm',
      parts: [text],
      finish: { unified: 'stop' },
      dropped: [],
      serviceTier: 'priority',
    }
    const whole = reported('anthropic-messages', {}, (context) =>
      DIALECTS['anthropic-messages'].client.encodeResponse(response, context),
    )
    const streamed = reported('anthropic-messages', {}, (context) => {
      unfoldResponse(response).forEach(DIALECTS['anthropic-messages'].client.createStreamEncoder(context))
    })
    expect({ whole, streamed }).toEqual({ whole: [], streamed: ['dropped service_tier'] })
  })
})

test.each(['openai-chat', 'openai-responses', 'gemini'] as const)(
  'CIT-02 %s names a source without the words quoted from it',
  (client) => {
    const cited: Part = { ...text, citations: [{ type: 'url', url: 'https://example.org', text: 'quoted' }] }
    expect(lossesOf(client, [cited])).toMatchObject([expect.stringMatching(/^approximated /)])
  },
)

test('LEG-06 a completion has no place for reasoning and sources', () => {
  const parts: Part[] = [
    { type: 'reasoning', text: 'hm' },
    { ...text, citations: [{ type: 'url', url: 'https://example.org' }] },
  ]
  expect(lossesOf('openai-completions', parts)).toEqual(['dropped choices[].text', 'dropped choices[].text'])
})
