import { describe, expect, test } from 'vitest'
import { placed } from '../../test/support/placed.ts'
import type { JsonObject } from '../core/json.ts'
import type { EncodedRequest } from '../ir/conversion.ts'
import type { ChatRequest } from '../ir/request.ts'
import { deepseek } from '../providers/deepseek.ts'
import { groq } from '../providers/groq.ts'
import { mistral } from '../providers/mistral.ts'
import { openai } from '../providers/openai.ts'
import type { Provider } from '../providers/provider.ts'
import { honourQuirks } from './honour-quirks.ts'

const MESSAGES = [{ role: 'user', content: 'hi' }]

const REQUEST: ChatRequest = {
  source: 'anthropic-messages',
  model: 'm',
  isStreaming: true,
  messages: [],
  tools: [],
  stopSequences: [],
  sampling: {},
  wantsStreamUsage: false,
  extras: [],
}

function honour(provider: Provider, body: JsonObject, request: Partial<ChatRequest> = {}): EncodedRequest {
  const encoded = { body: { model: 'm', ...body }, dropped: [], headers: {}, toolNames: new Map() }
  return honourQuirks(encoded, { ...REQUEST, ...request }, provider)
}

const paths = ({ dropped }: EncodedRequest) => dropped.map(({ path }) => path)

test('a provider without quirks gets what was written', () => {
  const body = { messages: MESSAGES, store: false, stream_options: { include_usage: true } }
  const honoured = honour(openai, body)
  expect(honoured.body).toEqual({ model: 'm', ...body })
  expect(honoured.dropped).toEqual([])
})

test('a field that is refused is left out and reported as the client spells it', () => {
  const honoured = honour(groq, { service_tier: 'auto', top_p: 0.5 }, { source: 'gemini' })
  expect(honoured.body).toEqual({ model: 'm', top_p: 0.5 })
  expect(honoured.dropped).toEqual([
    { path: 'serviceTier', action: 'dropped', reason: 'Groq does not take it' },
  ])
})

test('two fields that are one to the client are one entry', () => {
  const fields = { safety_identifier: 'a', user: 'a' }
  expect(paths(honour(mistral, fields))).toEqual(['metadata.user_id'])
})

test('a field that only the client’s own format has keeps its name', () => {
  const extras = [{ dialect: 'openai-responses', path: 'moderation', value: {}, weight: 'hint' }] as const
  const honoured = honour(groq, { moderation: {} }, { source: 'openai-responses', extras })
  expect(paths(honoured)).toEqual(['moderation'])
})

describe('what may not be left out is refused', () => {
  test.each([
    ['logprobs', 'generationConfig.responseLogprobs'],
    ['logit_bias', 'logit_bias'],
  ])('%s', (field, path) => {
    expect(() => honour(groq, { [field]: {} }, { source: 'gemini' })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path }),
    )
  })

  test('a contract of the client’s own format', () => {
    const extras = [
      { dialect: 'openai-responses', path: 'moderation', value: {}, weight: 'contract' },
    ] as const
    expect(() => honour(groq, { moderation: {} }, { source: 'openai-responses', extras })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', path: 'moderation' }),
    )
  })
})

test('a renamed field keeps its place and its value, zero included', () => {
  const { body, dropped } = honour(mistral, { seed: 0, temperature: 1 })
  expect(JSON.stringify(body)).toBe('{"model":"m","random_seed":0,"temperature":1}')
  expect(dropped).toEqual([])
})

test('our own wish for usage goes unsaid where it is refused; the client’s options are reported', () => {
  expect(paths(honour(mistral, { stream_options: { include_usage: true } }))).toEqual([])
  const obfuscated = honour(mistral, { stream_options: { include_usage: true, include_obfuscation: true } })
  expect(obfuscated.body).toEqual({ model: 'm' })
  expect(paths(obfuscated)).toEqual(['stream_options.include_obfuscation'])
})

test('fields of messages go too, each kind reported once', () => {
  const assistant = { role: 'assistant', content: 'a', reasoning_content: 'b', reasoning_details: [] }
  const messages = [{ role: 'user', content: 'hi', name: 'Ann' }, assistant, assistant]
  const asked = placed({
    ...REQUEST,
    source: 'openai-chat',
    messages: [
      { role: 'user', name: 'Ann', parts: [] },
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'b' }] },
    ],
  })
  const honoured = honour(groq, { messages }, asked)
  expect(honoured.body.messages).toEqual([
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'a' },
    { role: 'assistant', content: 'a' },
  ])
  expect(paths(honoured)).toEqual(['messages[0].name', 'messages[1].content[0]'])
})

test('RSN-22 an answer of another model gets what the provider wants in every one', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  const foreign = { role: 'assistant', content: null, tool_calls: [call] }
  const own = { role: 'assistant', content: 'a', reasoning_content: 'b' }
  const { body, dropped } = honour(deepseek, { messages: [...MESSAGES, foreign, own] })
  expect(body.messages).toEqual([...MESSAGES, { ...foreign, reasoning_content: ' ' }, own])
  expect(dropped).toEqual([])
})
