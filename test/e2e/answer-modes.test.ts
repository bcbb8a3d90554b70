import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId } from '../../src/core/dialect-id.ts'
import { ask } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, sse, startScriptedUpstream } from '../support/scripted-upstream.ts'
import { speak, type UpstreamFormat } from '../support/upstream-streams.ts'

/** Upstreams of the client's own format that answer in another mode than they were asked for, or do not say in which. */

const KEYS = {
  'openai-chat': 'vk_chat',
  'openai-responses': 'vk_responses',
  'anthropic-messages': 'vk_messages',
  gemini: 'vk_gemini',
} as const satisfies Record<UpstreamFormat, string>
const FORMATS = Object.keys(KEYS) as UpstreamFormat[]

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const to = (provider: string, dialect?: string) => ({
    provider,
    api_key: 'sk-up',
    base_url: upstream.url,
    ...(dialect !== undefined && { dialect }),
  })
  gateway = await startGateway({
    keys: {
      vk_chat: to('openai', 'openai-chat'),
      vk_responses: to('openai', 'openai-responses'),
      vk_messages: to('anthropic'),
      vk_gemini: to('gemini'),
      vk_untouched: { ...to('openai', 'openai-chat'), passthrough: true },
      vk_completions: to('openai', 'openai-completions'),
    },
    flags: { 'quota.enabled': false },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const WHOLE: Readonly<Record<UpstreamFormat, object>> = {
  'openai-chat': {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop' }],
  },
  'openai-responses': {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'm',
    status: 'completed',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hi there', annotations: [] }],
      },
    ],
  },
  'anthropic-messages': {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'Hi there' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  },
  gemini: {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hi there' }] }, finishReason: 'STOP' }],
    modelVersion: 'm',
  },
}

const streamOf = (format: UpstreamFormat) =>
  speak(format, [{ type: 'text', pieces: ['Hi ', 'there'] }]).map(({ bytes }) => bytes)

const openai = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
const anthropic = () => new Anthropic({ apiKey: 'vk_messages', baseURL: gateway.url, maxRetries: 0 })
const google = () => new GoogleGenAI({ apiKey: 'vk_gemini', httpOptions: { baseUrl: gateway.url } })
const messages = [{ role: 'user' as const, content: 'Hello' }]

/** The text as the format's official SDK reads it out of a stream. */
const STREAMED: Readonly<Record<UpstreamFormat, () => Promise<string | null | undefined>>> = {
  'openai-chat': async () =>
    (await openai('vk_chat').chat.completions.stream({ model: 'm', messages }).finalChatCompletion())
      .choices[0]?.message.content,
  'openai-responses': async () => {
    const stream = openai('vk_responses').responses.stream({ model: 'm', input: 'Hello' })
    const { output_text: text, status } = await stream.finalResponse()
    // the SDK hands out a response that failed
    expect(status).toBe('completed')
    return text
  },
  'anthropic-messages': async () =>
    await anthropic().messages.stream({ model: 'm', max_tokens: 9, messages }).finalText(),
  gemini: async () => {
    let text = ''
    for await (const chunk of await google().models.generateContentStream({ model: 'm', contents: 'Hello' }))
      text += chunk.text ?? ''
    return text
  },
}

const WHOLLY: Readonly<Record<UpstreamFormat, () => Promise<unknown>>> = {
  'openai-chat': async () =>
    (await openai('vk_chat').chat.completions.create({ model: 'm', messages })).choices[0]?.message.content,
  'openai-responses': async () =>
    (await openai('vk_responses').responses.create({ model: 'm', input: 'Hello' })).output_text,
  'anthropic-messages': async () =>
    (await anthropic().messages.create({ model: 'm', max_tokens: 9, messages })).content[0],
  gemini: async () => (await google().models.generateContent({ model: 'm', contents: 'Hello' })).text,
}

describe.each(FORMATS)('RSP-17 %s', (format) => {
  test('a whole answer to who asked for a stream is one', async () => {
    upstream.answerWith(json(JSON.stringify(WHOLE[format])))
    expect(await STREAMED[format]()).toBe('Hi there')
  })

  test('a stream to who asked for none is a whole answer', async () => {
    upstream.answerWith(sse(streamOf(format)))
    const said = await WHOLLY[format]()
    expect(format === 'anthropic-messages' ? said : { text: said }).toMatchObject({ text: 'Hi there' })
  })

  test('PAS-03 a stream that is not declared as one passes byte for byte', async () => {
    const pieces = streamOf(format)
    for (const headers of [{ 'content-type': 'text/plain' }, { 'content-type': '' }]) {
      upstream.answerWith(sse(pieces, headers))
      const response = await ask(gateway.url, {
        dialect: format,
        model: 'm',
        mode: 'streamed',
        key: KEYS[format],
        body: format === 'openai-chat' ? { stream_options: { include_usage: true } } : {},
      })
      expect(await response.text()).toBe(pieces.join(''))
    }
  })

  test.each([
    ['half a stream that is not declared as one', 'text/plain', (pieces: string[]) => pieces.slice(0, 2)],
    ['a page', 'text/html', () => ['<html><body>It works!</body></html>']],
    ['nothing', 'application/json', () => []],
  ])('STR-14 %s never looks complete', async (_what, type, cut) => {
    upstream.answerWith(sse(cut(streamOf(format)), { 'content-type': type }))
    await expect(STREAMED[format]()).rejects.toThrow(/The provider|to be 'completed'/)
  })
})

const raw = (dialect: DialectId, key: string, mode: 'streamed' | 'whole') =>
  ask(gateway.url, { dialect, model: 'm', mode, key })

test('RSP-17 a Gemini client without alt=sse gets its array from events, too', async () => {
  upstream.answerWith(sse(streamOf('gemini')))
  const response = await fetch(`${gateway.url}/v1beta/models/m:streamGenerateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'vk_gemini', 'content-type': 'application/json' },
    body: '{"contents":[{"parts":[{"text":"Hello"}]}]}',
  })
  const text = await response.text()
  expect(JSON.parse(text)).toHaveLength(3)
})

test('RSP-17 what nothing is converted from is refused rather than misread', async () => {
  const whole = { object: 'text_completion', choices: [{ index: 0, text: 'Hi', finish_reason: 'stop' }] }
  upstream.answerWith(json(JSON.stringify(whole)))
  expect((await raw('openai-completions', 'vk_completions', 'streamed')).status).toBe(502)
  upstream.answerWith(sse([`data: ${JSON.stringify(whole)}\n\n`]))
  expect((await raw('openai-completions', 'vk_completions', 'whole')).status).toBe(502)
})

test('PAS-03 nothing is changed for keys that want it so', async () => {
  const body = JSON.stringify(WHOLE['openai-chat'])
  upstream.answerWith(json(body))
  expect(await (await raw('openai-chat', 'vk_untouched', 'streamed')).text()).toBe(body)
})

test('STR-13 STR-14 [DONE] without a finish reason is a cut, whoever added it', async () => {
  upstream.answerWith(sse([...streamOf('openai-chat').slice(0, 2), 'data: [DONE]\n\n']))
  const text = await (await raw('openai-chat', 'vk_chat', 'streamed')).text()
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
})
