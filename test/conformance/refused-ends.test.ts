import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DialectId } from '../../src/core/dialect-id.ts'
import type { Json } from '../support/client.ts'
import { ask, readBody } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'

// An answer without content whose finish reason nobody knows. Both upstream formats may end without a terminal event, so that its end is
// decoded only when the connection closes.

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const account = { api_key: 'sk-up', base_url: upstream.url }
  gateway = await startGateway({
    keys: {
      vk_chat: { provider: 'openai', dialect: 'openai-chat', ...account },
      vk_gemini: { provider: 'gemini', ...account },
    },
    environment: { QUOTA_ENABLED: 'false' },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const CHUNKS = {
  vk_chat: {
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: 'made_up' }],
  },
  vk_gemini: {
    candidates: [{ content: { role: 'model' }, finishReason: 'MADE_UP', index: 0 }],
    modelVersion: 'm',
    responseId: 'r',
  },
}

test.each([
  ['vk_chat', 'openai-completions'],
  ['vk_gemini', 'openai-chat'],
  ['vk_gemini', 'openai-completions'],
  ['vk_chat', 'openai-responses'],
  ['vk_gemini', 'openai-responses'],
  ['vk_chat', 'anthropic-messages'],
  ['vk_gemini', 'anthropic-messages'],
] as const)(
  'STP-10 STP-26 STR-14 %s → %s: an end that cannot be shown is an error, not an empty stream',
  async (key, dialect) => {
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${JSON.stringify(CHUNKS[key])}\n\n`)
    })
    const response = await ask(gateway.url, {
      dialect: dialect satisfies DialectId,
      model: 'm',
      mode: 'streamed',
      key,
    })
    const { bytes } = await readBody(response)
    expect(response.status).toBe(502)
    const { error } = JSON.parse(bytes.toString('utf8')) as Json
    expect(error.code ?? error.details.error_code).toBe('upstream_error')
  },
)
