import { describe, expect, test } from 'vitest'
import { decode } from '../../../test/support/dialects/openai-chat-base.ts'
import { call, USER } from '../../../test/support/dialects/openai-chat-wire-pieces.ts'

describe('reasoning', () => {
  const turn = (rest: object) =>
    decode({ messages: [USER, { role: 'assistant', content: 'Hm.', tool_calls: [call('c')], ...rest }] })
      .messages[1]?.parts

  test('RSN-24 bare reasoning comes first, without proof', () => {
    for (const field of ['reasoning_content', 'reasoning'])
      expect(turn({ [field]: 'why' })?.[0]).toEqual({ type: 'reasoning', text: 'why' })
  })

  test("RSN-24 litellm's thinking blocks are Anthropic's", () => {
    const blocks = [
      { type: 'thinking', thinking: 'why', signature: 'sig' },
      { type: 'redacted_thinking', data: 'dark' },
    ]
    expect(turn({ thinking_blocks: blocks, reasoning_content: 'why' })?.slice(0, 2)).toEqual([
      {
        type: 'reasoning',
        text: 'why',
        carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' },
      },
      {
        type: 'reasoning',
        text: '',
        carrier: { origin: 'anthropic-messages', kind: 'redacted', payload: 'dark' },
      },
    ])
  })

  test("RSN-24 RSN-30 Google's signature of a call", () => {
    const signed = { ...call('c'), extra_content: { google: { thought_signature: 'sig' } } }
    expect(turn({ tool_calls: [signed] })?.at(-1)).toMatchObject({
      carrier: { origin: 'gemini', kind: 'thought-signature', payload: 'sig' },
    })
  })

  test("RSN-24 OpenRouter's details: fragments join, formats say whose they are", () => {
    const details = [
      { type: 'reasoning.text', text: 'wh', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.text', text: 'y', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'e', id: 'c', format: 'google-gemini-v1', index: 1 },
    ]
    expect(turn({ reasoning_details: details, reasoning: 'why' })).toMatchObject([
      {
        type: 'reasoning',
        text: 'why',
        carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' },
      },
      { type: 'text' },
      { type: 'tool-call', carrier: { origin: 'gemini', kind: 'thought-signature', payload: 'e' } },
    ])
  })
})

test('CIT-01 annotations that a client sends back are citations of the text', () => {
  const url_citation = { url: 'https://x.test', title: 'X', start_index: 0, end_index: 2 }
  const annotations = [{ type: 'url_citation', url_citation }]
  const { messages } = decode({ messages: [USER, { role: 'assistant', content: 'Hm.', annotations }] })
  expect(messages[1]?.parts).toEqual([
    {
      type: 'text',
      text: 'Hm.',
      citations: [{ type: 'url', url: 'https://x.test', title: 'X', start: 0, end: 2 }],
    },
  ])
})
