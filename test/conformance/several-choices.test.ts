import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  const keys = {
    vk_chat: { provider: 'openai', api_key: 'sk-a', base_url: '{simulator}', dialect: 'openai-chat' },
    vk_responses: {
      provider: 'openai',
      api_key: 'sk-b',
      base_url: '{simulator}',
      dialect: 'openai-responses',
    },
    vk_anthropic: { provider: 'anthropic', api_key: 'sk-c', base_url: '{simulator}' },
    vk_gemini: { provider: 'gemini', api_key: 'sk-d', base_url: '{simulator}' },
  }
  gateway = await startGateway({ keys, environment: { QUOTA_ENABLED: 'false' } })
})

afterAll(() => gateway.close())

// biome-ignore lint/suspicious/noExplicitAny: answers of several shapes
type Answer = any

async function post(key: string, path: string, body: object): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, text: await response.text() }
}

function eventsIn(text: string): Answer[] {
  const data = text.split(/\r?\n/).filter((line) => line.startsWith('data: {'))
  return data.map((line) => JSON.parse(line.slice('data: '.length)))
}

const chat = { model: 'simulated', messages: [{ role: 'user', content: 'Hello there' }], n: 2 }
const completion = { model: 'simulated', prompt: 'Hello there', max_tokens: 50, n: 2 }
const gemini = { contents: [{ parts: [{ text: 'Hello there' }] }], generationConfig: { candidateCount: 2 } }

function joined(pieces: readonly (readonly [index: number, text: string])[]): string[] {
  return [0, 1].map((wanted) => pieces.map(([index, text]) => (index === wanted ? text : '')).join(''))
}

test('TOP-09 STR-21 Chat → Gemini: two choices, whole and streamed alike', async () => {
  const whole: Answer = JSON.parse((await post('vk_gemini', '/v1/chat/completions', chat)).text)
  expect(whole.choices).toMatchObject([
    { index: 0, finish_reason: 'stop' },
    { index: 1, finish_reason: 'stop' },
  ])
  const { text } = await post('vk_gemini', '/v1/chat/completions', { ...chat, stream: true })
  const choices = eventsIn(text).flatMap((event) => event.choices)
  expect(joined(choices.map(({ index, delta }) => [index, delta.content ?? '']))).toEqual(
    whole.choices.map(({ message }: Answer) => message.content),
  )
  expect(text).toContain('[DONE]')
})

test('TOP-09 Completions → Gemini: two choices, whole and streamed alike', async () => {
  const whole: Answer = JSON.parse((await post('vk_gemini', '/v1/completions', completion)).text)
  expect(whole.choices).toHaveLength(2)
  const { text } = await post('vk_gemini', '/v1/completions', { ...completion, stream: true })
  const choices = eventsIn(text).flatMap((event) => event.choices)
  expect(joined(choices.map(({ index, text: said }) => [index, said]))).toEqual(
    whole.choices.map((choice: Answer) => choice.text),
  )
})

test('TOP-09 STR-21 Gemini → Chat: two candidates, whole and streamed alike', async () => {
  const path = '/v1beta/models/simulated'
  const whole: Answer = JSON.parse((await post('vk_chat', `${path}:generateContent`, gemini)).text)
  expect(whole.candidates).toMatchObject([
    { index: 0, finishReason: 'STOP' },
    { index: 1, finishReason: 'STOP' },
  ])
  const { text } = await post('vk_chat', `${path}:streamGenerateContent?alt=sse`, gemini)
  const candidates = eventsIn(text).flatMap((event) => event.candidates)
  const said = (candidate: Answer) => candidate.content.parts.map((part: Answer) => part.text).join('')
  expect(joined(candidates.map((candidate) => [candidate.index, said(candidate)]))).toEqual(
    whole.candidates.map(said),
  )
  expect(candidates.filter(({ finishReason }) => finishReason !== undefined)).toHaveLength(2)
})

test('TOP-09 Responses and Messages give one answer: a 400 that names the field', async () => {
  for (const key of ['vk_responses', 'vk_anthropic']) {
    const { status, text } = await post(key, '/v1/chat/completions', chat)
    expect([status, JSON.parse(text)]).toMatchObject([400, { error: { param: 'n' } }])
  }
})
