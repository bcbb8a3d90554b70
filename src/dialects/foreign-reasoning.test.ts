import { describe, expect, test } from 'vitest'
import { OPENAI, PLAIN } from '../../test/support/dialects/openai-chat-base.ts'
import type { ModelCapabilities } from '../ir/capabilities.ts'
import type { Carrier } from '../ir/part.ts'
import type { ChatRequest } from '../ir/request.ts'
import { UPSTREAM_DIALECTS } from './index.ts'

const SIGNING: ModelCapabilities = { ...PLAIN, requiresSignatures: true }

const ORIGINS: readonly Carrier[] = [
  { origin: 'anthropic-messages', kind: 'signature', payload: 'a' },
  { origin: 'openai-responses', kind: 'encrypted', payload: 'r', itemId: 'rs_1' },
  { origin: 'gemini', kind: 'thought-signature', payload: 'g' },
  { origin: 'openai-chat', kind: 'signature', payload: 'reasoning_content' },
]

function conversation(carrier: Carrier): ChatRequest {
  return {
    source: carrier.origin === 'openai-chat' ? 'openai-chat' : 'openai-responses',
    model: 'm',
    isStreaming: false,
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', carrier },
          { type: 'tool-call', callId: 'c', name: 'f', input: '{}', kind: 'function' },
        ],
      },
      {
        role: 'user',
        parts: [{ type: 'tool-result', callId: 'c', content: [], isError: false, kind: 'function' }],
      },
    ],
    tools: [{ type: 'function', name: 'f' }],
    maxOutputTokens: 100,
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
  }
}

describe.each([
  ['openai-chat', OPENAI],
  ['openai-responses', OPENAI],
  ['anthropic-messages', PLAIN],
  ['gemini', SIGNING],
  ['bedrock-converse', PLAIN],
] as const)('%s', (id, capabilities) => {
  test('RSN-22 RSN-33 reasoning of others stays behind, which is reported as no loss', () => {
    for (const carrier of ORIGINS.filter(({ origin }) => origin !== id)) {
      const encoded = UPSTREAM_DIALECTS[id].upstream?.encodeRequest(conversation(carrier), {
        model: 'm',
        capabilities,
      })
      expect(JSON.stringify(encoded?.body)).not.toContain('"hm"')
      const losses = encoded?.dropped.filter(({ isHarmless }) => isHarmless !== true)
      expect(losses).toEqual([])
      expect(encoded?.dropped.length).toBeGreaterThan(0)
    }
  })
})
