import { describe, expect, test } from 'vitest'
import { decode } from '../../../test/support/dialects/openai-chat-base.ts'
import { invalid, tool, USER } from '../../../test/support/dialects/openai-chat-wire-pieces.ts'

describe('settings', () => {
  test('TOP-02 max_completion_tokens wins over max_tokens', () => {
    expect(decode({ max_tokens: 5, max_completion_tokens: 9 }).maxOutputTokens).toBe(9)
    expect(decode({ max_tokens: 5 }).maxOutputTokens).toBe(5)
  })

  test('TOP-05 TOP-06 TOP-09 TOP-10 TOP-11 TOP-12 sampling parameters, a seed of 0 included', () => {
    const body = { temperature: 2, top_p: 0.5, n: 2, seed: 0, presence_penalty: 1, frequency_penalty: -1 }
    expect(decode({ ...body, logit_bias: { 50256: -100 } }).sampling).toEqual({
      temperature: 2,
      topP: 0.5,
      choices: 2,
      seed: 0,
      presencePenalty: 1,
      frequencyPenalty: -1,
      logitBias: { 50256: -100 },
    })
    expect(decode({ logit_bias: {} }).sampling).toEqual({})
  })

  test('TOP-08 one stop text or up to four', () => {
    expect(decode({ stop: 'X' }).stopSequences).toEqual(['X'])
    expect(decode({ stop: ['X', 'Y'] }).stopSequences).toEqual(['X', 'Y'])
    expect(() => decode({ stop: ['1', '2', '3', '4', '5'] })).toThrow(invalid('stop'))
  })

  test('TOP-13 logprobs with and without alternatives', () => {
    expect(decode({ logprobs: true }).sampling.logprobs).toBe(0)
    expect(decode({ logprobs: true, top_logprobs: 3 }).sampling.logprobs).toBe(3)
    expect(() => decode({ top_logprobs: 3 })).toThrow(invalid('top_logprobs'))
  })

  test('TOP-14 TOP-15 metadata, and the safety identifier before the deprecated user', () => {
    expect(decode({ metadata: { a: 'b' }, user: 'u', safety_identifier: 's' })).toMatchObject({
      metadata: { a: 'b' },
      endUserId: 's',
    })
    expect(decode({ user: 'u' }).endUserId).toBe('u')
  })

  test('TOP-16 TOP-17 TOP-19 TOP-21 TOP-22 single words and flags', () => {
    const tools = [tool('one')]
    const body = {
      service_tier: 'flex',
      store: true,
      parallel_tool_calls: false,
      reasoning_effort: 'xhigh',
      verbosity: 'low',
    }
    expect(decode({ ...body, tools })).toMatchObject({
      serviceTier: 'flex',
      isStored: true,
      allowsParallelCalls: false,
      reasoning: { effort: 'xhigh' },
      verbosity: 'low',
    })
    expect(decode({ service_tier: 'scale' }).extras).toMatchObject([{ path: 'service_tier', weight: 'hint' }])
    expect(() => decode({ reasoning_effort: 'most' })).toThrow(invalid('reasoning_effort'))
  })

  test('TOP-18 a stream, with or without its usage', () => {
    expect(decode({ stream: true })).toMatchObject({ isStreaming: true, wantsStreamUsage: false })
    const options = { stream_options: { include_usage: true } }
    expect(decode({ stream: true, ...options })).toMatchObject({ isStreaming: true, wantsStreamUsage: true })
  })

  test('TOP-20 SCH-01 SCH-05 formats', () => {
    expect(decode({ response_format: { type: 'json_object' } }).format).toEqual({ type: 'json' })
    const json_schema = { name: 'n', schema: { type: 'object' }, strict: true, description: 'd' }
    expect(decode({ response_format: { type: 'json_schema', json_schema } }).format).toEqual({
      type: 'json-schema',
      name: 'n',
      description: 'd',
      schema: { type: 'object' },
      isStrict: true,
    })
    expect(() => decode({ response_format: { type: 'json_schema' } })).toThrow(
      invalid('response_format.json_schema.schema'),
    )
  })

  test('TOP-23 audio output is a contract, text alone is the default', () => {
    expect(decode({ modalities: ['text'] }).extras).toEqual([])
    const { extras } = decode({ modalities: ['text', 'audio'], audio: { voice: 'ash', format: 'wav' } })
    expect(extras).toMatchObject([
      { path: 'modalities', weight: 'contract' },
      { path: 'audio', weight: 'contract' },
    ])
  })

  test('TOP-24 a prediction is a hint', () => {
    expect(decode({ prediction: { type: 'content', content: 'x' } }).extras).toMatchObject([
      { path: 'prediction', weight: 'hint' },
    ])
  })

  test('TOP-25 SRV-01 SRV-02 a web search is an offer beside tools, and a contract alone', () => {
    const search = { web_search_options: {} }
    expect(decode(search).extras).toMatchObject([{ path: 'web_search_options', weight: 'contract' }])
    expect(decode({ ...search, tools: [tool('one')] }).extras).toMatchObject([{ weight: 'hint' }])
  })

  test('TOP-26 moderation that blocks is a contract, that scores a hint', () => {
    const policy = (mode: string) => ({ moderation: { model: 'm', policy: { output: { mode } } } })
    expect(decode(policy('block')).extras).toMatchObject([{ path: 'moderation', weight: 'contract' }])
    expect(decode(policy('score')).extras).toMatchObject([{ path: 'moderation', weight: 'hint' }])
  })

  test('TOP-27 CCH-03 caching options, breakpoints of parts and of tools', () => {
    const mark = { prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }
    const request = decode({
      prompt_cache_key: 'k',
      prompt_cache_options: { mode: 'explicit', ttl: '30m' },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...mark }] }],
      tools: [{ ...tool('one'), cache_control: { type: 'ephemeral' } }],
    })
    expect(request.caching).toEqual({ key: 'k', isAutomatic: false, lifetime: 'short' })
    expect(request.messages[0]?.parts).toEqual([{ type: 'text', text: 'Hi', cache: { lifetime: 'long' } }])
    expect(request.tools).toMatchObject([{ hasCacheBreakpoint: 'short' }])
  })

  test('TOP-32 unknown fields are hints by their names, wherever they stand', () => {
    const request = decode({ client_metadata: { a: 1 }, messages: [{ ...USER, vendor: 1 }] })
    expect(request.extras).toEqual([
      { dialect: 'openai-chat', path: 'messages[0].vendor', value: 1, weight: 'hint' },
      { dialect: 'openai-chat', path: 'client_metadata', value: { a: 1 }, weight: 'hint' },
    ])
  })

  test('TOP-33 a null is as good as nothing', () => {
    const names = [
      'stop',
      'tools',
      'temperature',
      'response_format',
      'metadata',
      'moderation',
      'vendor',
      'seed',
    ]
    expect(decode(Object.fromEntries(names.map((name) => [name, null])))).toEqual(decode({}))
  })

  test.each<[string, object, string]>([
    ['an empty list of messages', { messages: [] }, 'messages'],
    ['no model', { model: undefined }, 'model'],
    ['a message that is a text', { messages: ['Hi'] }, 'messages[0]'],
    ['an unknown role', { messages: [{ role: 'x', content: 'y' }] }, 'messages[0].role'],
    ['content that is a number', { messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
    ['a temperature in words', { temperature: 'hot' }, 'temperature'],
    ['half a token', { max_tokens: 0.5 }, 'max_tokens'],
    ['metadata that is no text', { metadata: { a: 1 } }, 'metadata.a'],
  ])('TOP-34 %s is refused with its path', (_name, change, path) => {
    expect(() => decode(change)).toThrow(invalid(path))
  })
})
