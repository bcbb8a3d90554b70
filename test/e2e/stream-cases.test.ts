import { createParser } from 'eventsource-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, type Json, send } from '../support/client.ts'
import { ask } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { json, type ScriptedUpstream, sse, startScriptedUpstream } from '../support/scripted-upstream.ts'
import { until } from '../support/until.ts'

/** Streams through the whole gateway: headers, framing, and clients that leave or come back. */

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const simulated = (provider: string) => ({ provider, api_key: 'sk-up', base_url: '{simulator}' })
  gateway = await startGateway({
    keys: {
      vk_messages: simulated('anthropic'),
      vk_gemini: simulated('gemini'),
      vk_chat: { ...simulated('openai'), dialect: 'openai-chat' },
      vk_responses: { ...simulated('openai'), dialect: 'openai-responses' },
      vk_scripted: {
        provider: 'openai',
        api_key: 'sk-up',
        base_url: upstream.url,
        dialect: 'openai-chat',
      },
    },
    flags: { 'quota.enabled': false },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const chunk = (index: number, delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index, delta, finish_reason }] })}\n\n`

test.each([
  ['untouched', 'vk_chat'],
  ['converted', 'vk_messages'],
])('HDR-16 a stream, %s, is declared as one and sent piece by piece', async (_lane, key) => {
  const response = await ask(gateway.url, {
    dialect: 'openai-chat',
    model: 'simulated-slow',
    mode: 'streamed',
    key,
  })
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(response.headers.get('content-encoding')).toBeNull()
  expect(response.headers.get('content-length')).toBeNull()
  let pieces = 0
  for await (const _piece of response.body ?? []) pieces++
  expect(pieces).toBeGreaterThan(2)
})

describe('STR-34 a Gemini client without alt=sse gets one JSON array', () => {
  const asArray = (model: string, key: string) =>
    fetch(`${gateway.url}/v1beta/models/${model}:streamGenerateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': key, 'content-type': 'application/json' },
      body: '{"contents":[{"parts":[{"text":"Hello"}]}]}',
    })

  test.each(['vk_chat', 'vk_responses', 'vk_messages', 'vk_gemini'])('from %s', async (key) => {
    const response = await asArray('simulated', key)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const chunks: Json[] = JSON.parse(await response.text())
    const text = chunks
      .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
      .map((part: Json) => part.text ?? '')
      .join('')
    expect(text).toContain('Simulated answer to: Hello')
    expect(chunks.at(-1)?.candidates[0].finishReason).toBe('STOP')
  })

  test('ERR-20 an error ends the array, which then is no good answer', async () => {
    const chunks: Json[] = JSON.parse(await (await asArray('simulated-cut', 'vk_messages')).text())
    expect(chunks.at(-1)).toMatchObject({ error: { code: 502, status: 'UNAVAILABLE' } })
    expect(JSON.stringify(chunks)).not.toContain('finishReason')
  })
})

test('STR-21 several answers of Chat pass to a Chat client as they interleave', async () => {
  const stream = [
    chunk(0, { role: 'assistant', content: 'a' }),
    chunk(1, { role: 'assistant', content: 'b' }),
    chunk(0, {}, 'stop'),
    chunk(1, {}, 'stop'),
    'data: [DONE]\n\n',
  ]
  upstream.answerWith(sse(stream))
  const response = await ask(gateway.url, {
    dialect: 'openai-chat',
    model: 'm',
    mode: 'streamed',
    key: 'vk_scripted',
    body: { n: 2, stream_options: { include_usage: true } },
  })
  expect(await response.text()).toBe(stream.join(''))
})

test('USG-14 tokens of predictions pass to a Chat client, and are not said to be others’', async () => {
  const details = { reasoning_tokens: 1, accepted_prediction_tokens: 3, rejected_prediction_tokens: 2 }
  const usage = {
    prompt_tokens: 1,
    completion_tokens: 9,
    total_tokens: 10,
    completion_tokens_details: details,
  }
  const choices = [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }]
  upstream.answerWith(
    json(JSON.stringify({ id: 'c', object: 'chat.completion', model: 'm', choices, usage })),
  )
  const asked = (dialect: 'openai-chat' | 'anthropic-messages') =>
    ask(gateway.url, { dialect, model: 'm', mode: 'whole', key: 'vk_scripted' })
  const chat = (await (await asked('openai-chat')).json()) as Json
  expect(chat.usage.completion_tokens_details).toEqual(details)
  const messages = (await (await asked('anthropic-messages')).json()) as Json
  expect(messages.usage).toMatchObject({ input_tokens: 1, output_tokens: 9 })
  expect(JSON.stringify(messages)).not.toContain('prediction')
})

test('RSP-17 STR-13 events without [DONE] for a client that wanted no stream are one answer', async () => {
  upstream.answerWith(sse([chunk(0, { role: 'assistant', content: 'Hi' }), chunk(0, {}, 'stop')]))
  const response = await ask(gateway.url, {
    dialect: 'anthropic-messages',
    model: 'm',
    mode: 'whole',
    key: 'vk_scripted',
  })
  expect(await response.json()).toMatchObject({
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
  })
})

test('STR-30 ERR-26 a client that leaves ends the upstream’s work, and is in the log with what it used', async () => {
  const controller = new AbortController()
  const response = await ask(gateway.url, {
    dialect: 'openai-chat',
    model: 'simulated-slow',
    mode: 'streamed',
    key: 'vk_messages',
    signal: controller.signal,
  })
  const requestId = response.headers.get('x-request-id')
  const reader = response.body?.getReader()
  await reader?.read()
  controller.abort()
  await until(() => gateway.simulator.received.at(-1)?.aborted === true)
  await until(() => gateway.logText().includes(String(requestId)))
  const line = (await gateway.logged(1)).find((one) => one.request_id === requestId)
  expect(line).toMatchObject({ error_code: 'client_gone' })
  expect(line?.usage?.input_tokens ?? line?.input_tokens).toBeGreaterThan(0)
})

test.each(['vk_chat', 'vk_responses', 'vk_messages', 'vk_gemini'])(
  'AGT-03 after a broken stream the same request is answered whole: %s',
  async (key) => {
    const body = { max_tokens: 128_000, system: [{ type: 'text', text: 'Be brief.' }] }
    const request = { dialect: 'anthropic-messages', key, body } as const
    const broken = await ask(gateway.url, { ...request, model: 'simulated-cut', mode: 'streamed' })
    const names: (string | undefined)[] = []
    createParser({ onEvent: ({ event }) => names.push(event) }).feed(await broken.text())
    expect(names.at(-1)).toBe('error')
    expect(names).not.toContain('message_stop')
    const whole = await ask(gateway.url, { ...request, model: 'simulated', mode: 'whole' })
    expect(await whole.json()).toMatchObject({ type: 'message', stop_reason: 'end_turn' })
  },
)

test('STR-30 a client that was refused leaves nothing behind upstream', async () => {
  const before = gateway.simulator.received.length
  const refused = await send(`${gateway.url}/v1/chat/completions`, {
    headers: bearer('vk_messages'),
    body: { model: 'm', n: 2, messages: [{ role: 'user', content: 'x' }] },
  })
  expect([refused.status, refused.json.error.param]).toEqual([400, 'n'])
  expect(gateway.simulator.received.length).toBe(before)
})

test('HDR-16 STR-12 the status of a stream comes with the beginning of its thinking, before there is anything to say', async () => {
  let finish = () => {}
  upstream.answerWith((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk(0, { role: 'assistant', reasoning_content: 'hm' }))
    finish = () => response.end(chunk(0, { content: 'Hi' }) + chunk(0, {}, 'stop'))
  })
  // legacy clients see nothing of reasoning
  const response = await ask(gateway.url, {
    dialect: 'openai-completions',
    model: 'm',
    mode: 'streamed',
    key: 'vk_scripted',
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ])
  finish()
  expect(await response.text()).toContain('"text":"Hi"')
})
