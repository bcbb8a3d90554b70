import { expect, test } from 'vitest'
import { validateEmitted } from './validate.ts'

const chunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { content: 'Hi' }, logprobs: null, finish_reason: null }],
}

test('what the SDK describes has no problems', () => {
  expect(validateEmitted('openai-chat', 'event', chunk)).toEqual([])
})

test('a problem names the path, and of a union only the member that was meant', () => {
  const delta = { type: 'input_json_delta', partial_json: 1, more: true }
  const event = { type: 'content_block_delta', index: 0, delta }
  expect(validateEmitted('anthropic-messages', 'event', event)).toEqual([
    'delta.partial_json: is 1, not of type string',
    'delta.more: is unknown (true)',
  ])
  expect(validateEmitted('openai-chat', 'event', { ...chunk, id: undefined, object: 'chunk' })).toEqual([
    'id: is undefined, not of type string',
    'object: is "chunk", not "chat.completion.chunk"',
  ])
})

test('every property of a request has to be known, deep down too', () => {
  const body = {
    contents: [{ role: 'user', parts: [{ text: 'Hi', cache_control: {} }] }],
    tools: [{ retrieval: {} }],
  }
  expect(validateEmitted('gemini', 'request', body)).toEqual([
    'contents[0].parts[0].cache_control: is unknown ({})',
    'tools[0].retrieval: is unknown ({})',
  ])
})

test('exceptions hold where they are listed, and nowhere else', () => {
  const base = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] }
  expect(validateEmitted('anthropic-messages', 'request', { ...base, temperature: 1 })).toEqual([])
  expect(validateEmitted('anthropic-messages', 'request', { ...base, seed: 1 })).toEqual([
    'seed: is unknown (1)',
  ])
  const legacy = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm' }
  const whole = { ...legacy, choices: [{ index: 0, text: 'Hi', logprobs: null, finish_reason: null }] }
  expect(validateEmitted('openai-completions', 'event', whole)).toEqual([])
  expect(validateEmitted('openai-completions', 'whole', whole)).toHaveLength(1)
})
