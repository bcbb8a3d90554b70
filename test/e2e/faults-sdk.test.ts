import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId } from '../../src/core/dialect-id.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const MESSAGES = [{ role: 'user' as const, content: 'Hello' }]

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({
    flags: { 'quota.enabled': false, 'proxy.request_timeout': '600ms' },
    simulator: { slowFirstTokenMs: 10_000 },
  })
})

afterAll(() => gateway.close())

function openai(): OpenAI {
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'vk_demo', maxRetries: 0 })
}

function anthropic(): Anthropic {
  return new Anthropic({ baseURL: gateway.url, apiKey: 'vk_demo', maxRetries: 0 })
}

async function exhaust(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _part of stream) count++
  return count
}

/** Reads a stream to its end, the way each official SDK's users do. */
const READERS: Readonly<Record<string, { dialect: DialectId; read: (model: string) => Promise<unknown> }>> = {
  'openai chat, iterated': {
    dialect: 'openai-chat',
    read: async (model) =>
      exhaust(await openai().chat.completions.create({ model, messages: MESSAGES, stream: true })),
  },
  'openai chat, stream helper': {
    dialect: 'openai-chat',
    read: (model) => openai().chat.completions.stream({ model, messages: MESSAGES }).finalChatCompletion(),
  },
  'openai completions, iterated': {
    dialect: 'openai-completions',
    read: async (model) =>
      exhaust(await openai().completions.create({ model, prompt: 'Hello', max_tokens: 500, stream: true })),
  },
  'openai responses, stream helper': {
    dialect: 'openai-responses',
    read: async (model) => {
      const response = await openai().responses.stream({ model, input: 'Hello' }).finalResponse()
      // the helper returns a failed response as it is; its status is where programs look
      if (response.status === 'failed') throw new Error(response.error?.message)
      return response
    },
  },
  'anthropic messages, iterated': {
    dialect: 'anthropic-messages',
    read: async (model) =>
      exhaust(
        await anthropic().messages.create({ model, max_tokens: 500, messages: MESSAGES, stream: true }),
      ),
  },
  'anthropic messages, stream helper': {
    dialect: 'anthropic-messages',
    read: (model) =>
      anthropic().messages.stream({ model, max_tokens: 500, messages: MESSAGES }).finalMessage(),
  },
  'gemini, iterated': {
    dialect: 'gemini',
    read: async (model) => {
      const client = new GoogleGenAI({ apiKey: 'vk_demo', httpOptions: { baseUrl: gateway.url } })
      return exhaust(await client.models.generateContentStream({ model, contents: 'Hello' }))
    },
  },
}

const BROKEN = [
  'simulated-cut',
  'simulated-cut-early',
  'simulated-end-early',
  'simulated-stall',
  'simulated-malformed',
  'simulated-error-in-stream',
  'simulated-error-first-event',
  'simulated-reset',
  'simulated-silent',
  'simulated-slow-first-token',
]

describe.concurrent.each(Object.entries(READERS))('%s', (_name, { dialect, read }) => {
  test('completes a good stream', async () => {
    expect(await read('simulated')).toBeTruthy()
  })

  test.each(BROKEN)('never takes %s for complete', async (model) => {
    await expect(read(model)).rejects.toBeInstanceOf(Error)
  })

  // Chat and Completions say why they finished before their sentinel, and SDKs do without it
  const isMissed = dialect !== 'openai-chat' && dialect !== 'openai-completions'
  test('a stream without its terminal event', async () => {
    const outcome = await read('simulated-no-done').then(
      () => 'complete',
      () => 'broken',
    )
    expect(outcome).toBe(isMissed ? 'broken' : 'complete')
  })
})
