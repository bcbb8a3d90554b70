import { describe, expect, test } from 'vitest'
import type { ApiFamily } from '../core/dialect-id.ts'
import { addressOf, endpointPath, rawPath } from './address.ts'
import { fireworks } from './fireworks.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openrouter } from './openrouter.ts'
import type { Provider } from './provider.ts'
import { qwen } from './qwen.ts'
import { together } from './together.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'

/** Where Chat Completions and Messages are asked for, as each provider's reference has it. */
const REFERENCES: [Provider, string, string | undefined][] = [
  [mistral, 'https://api.mistral.ai/v1/chat/completions', undefined],
  [groq, 'https://api.groq.com/openai/v1/chat/completions', undefined],
  [xai, 'https://api.x.ai/v1/chat/completions', undefined],
  [openrouter, 'https://openrouter.ai/api/v1/chat/completions', 'https://openrouter.ai/api/v1/messages'],
  [together, 'https://api.together.ai/v1/chat/completions', undefined],
  [
    fireworks,
    'https://api.fireworks.ai/inference/v1/chat/completions',
    'https://api.fireworks.ai/inference/v1/messages',
  ],
  [
    qwen,
    'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions',
    'https://dashscope-intl.aliyuncs.com/apps/anthropic/v1/messages',
  ],
  [ollama, 'http://127.0.0.1:11434/v1/chat/completions', 'http://127.0.0.1:11434/v1/messages'],
  [vllm, 'http://127.0.0.1:8000/v1/chat/completions', 'http://127.0.0.1:8000/v1/messages'],
]

function urls(provider: Provider, baseUrl?: string): [string | undefined, string | undefined] {
  const address = addressOf(provider, baseUrl)
  const at = (family: ApiFamily, path: string) => {
    const found = endpointPath(address, family, path)
    return found === undefined ? undefined : address.origin + found
  }
  return [at('openai', '/chat/completions'), at('anthropic', '/messages')]
}

describe.each(REFERENCES)('$id', (provider, chat, messages) => {
  test('is reached where its reference says', () => {
    expect(urls(provider)).toEqual([chat, messages])
  })

  test('keeps its paths at any base URL that names its origin, its root or an endpoint', () => {
    const own = [provider.origin, `${provider.origin}/`, chat.replace('/chat/completions', ''), chat]
    for (const baseUrl of [...own, ...(messages === undefined ? [] : [messages])])
      expect(urls(provider, baseUrl)).toEqual([chat, messages])
  })

  test('keeps its paths on another host, and below a prefix', () => {
    const [movedChat, movedMessages] = [chat, messages].map((url) => url?.replace(provider.origin, ''))
    for (const place of ['http://localhost:9', 'http://localhost:9/proxy']) {
      const root = movedChat?.replace('/chat/completions', '')
      const baseUrl = place.endsWith('9') ? place : place + root
      expect(urls(provider, baseUrl)).toEqual([
        place + movedChat,
        movedMessages === undefined ? undefined : place + movedMessages,
      ])
    }
  })
})

test('a base URL may stop before the version, as SDKs of other families want it', () => {
  const [chat, messages] = urls(openrouter)
  expect(urls(openrouter, 'https://openrouter.ai/api')).toEqual([chat, messages])
  expect(urls(qwen, 'https://dashscope-us.aliyuncs.com/apps/anthropic')).toEqual([
    'https://dashscope-us.aliyuncs.com/compatible-mode/v1/chat/completions',
    'https://dashscope-us.aliyuncs.com/apps/anthropic/v1/messages',
  ])
})

test.each([
  [groq, '/v1/models', '/openai/v1/models'],
  [groq, '/openai/v1/models', '/openai/v1/models'],
  [groq, '/models', '/openai/v1/models'],
  [openrouter, '/v1/credits', '/api/v1/credits'],
  [qwen, '/apps/anthropic/v1/messages', '/apps/anthropic/v1/messages'],
  [ollama, '/v1beta/x', '/v1beta/x'],
] as [Provider, string, string][])('a raw path of $id, %s, is %s', (provider, path, expected) => {
  expect(rawPath(addressOf(provider), path)).toBe(expected)
})
