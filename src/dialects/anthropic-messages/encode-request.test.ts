import { describe, expect, test } from 'vitest'
import {
  decode,
  encode,
  HELLO,
  MODERN,
  OLD,
  refusalOf,
} from '../../../test/support/dialects/anthropic-messages.ts'
import type { ModelCapabilities } from '../../ir/capabilities.ts'
import type { ChatRequest, Tool } from '../../ir/request.ts'

const said = (changes: Partial<ChatRequest>, capabilities = MODERN) =>
  encode(changes, capabilities).dropped.map(({ path, action }) => `${action} ${path}`)
const f: Tool = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }
const V4_6: ModelCapabilities = {
  ...MODERN,
  sampling: 'without-reasoning',
  forcedTools: 'without-thinking',
  thinking: { style: 'adaptive', least: 'disabled', efforts: ['low', 'medium', 'high', 'max'] },
}

describe('settings', () => {
  test('HDR-06 the version is the newest that allows what is sent', () => {
    expect(encode().headers).toEqual({ 'anthropic-version': '2026-10-21' })
    expect(encode({ sampling: { temperature: 1 } }).headers).toEqual({ 'anthropic-version': '2026-10-21' })
    expect(encode({ sampling: { temperature: 1 } }, OLD).headers).toEqual({
      'anthropic-version': '2023-06-01',
    })
  })

  test('TOP-01 TOP-02 the model is the target’s; without a limit it may write all it can', () => {
    expect(encode().body).toEqual({
      model: 'claude',
      max_tokens: 1000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    })
    const { maxOutputTokens: _none, ...unlimited } = decode()
    expect(encode({ ...unlimited, maxOutputTokens: undefined } as never).body.max_tokens).toBe(128_000)
    expect(said({ maxOutputTokens: undefined } as never)).toEqual(['approximated max_completion_tokens'])
    const { maxOutputTokens: _unknown, ...nobodyKnows } = MODERN
    expect(encode({ maxOutputTokens: undefined } as never, nobodyKnows).body.max_tokens).toBe(32_000)
  })

  test('TOP-03 no tokens at all goes back to Anthropic', () => {
    expect(encode(decode({ max_tokens: 0 })).body.max_tokens).toBe(0)
  })

  test('TOP-04 more than the model can write is cut to what it can', () => {
    expect(encode({ maxOutputTokens: 200_000 }).body.max_tokens).toBe(128_000)
    expect(said({ maxOutputTokens: 200_000 })).toEqual(['approximated max_completion_tokens'])
  })

  test('TOP-05 TOP-06 TOP-07 sampling, where the model takes it', () => {
    const sampling = { temperature: 1.7, topP: 0.9, topK: 4 }
    expect(said({ sampling })).toEqual(['dropped temperature', 'dropped top_p', 'dropped top_k'])
    const { body } = encode({ sampling }, V4_6)
    expect(body).toMatchObject({ temperature: 1, top_p: 0.9, top_k: 4 })
    expect(said({ sampling }, V4_6)).toEqual(['approximated temperature'])
    expect(encode({ sampling }, OLD).body).not.toHaveProperty('top_p')
    expect(said({ source: 'gemini', sampling }, OLD)).toEqual([
      'approximated generationConfig.temperature',
      'dropped generationConfig.topP',
    ])
  })

  test('RSN-15 TOP-06 thinking wins over sampling', () => {
    const reasoning = { effort: 'low' } as const
    expect(said({ reasoning, sampling: { temperature: 0 } }, V4_6)).toEqual(['dropped temperature'])
    const { body } = encode(
      { maxOutputTokens: 9000, reasoning, sampling: { temperature: 0, topP: 0.97 } },
      OLD,
    )
    expect(body).toMatchObject({ thinking: { type: 'enabled' }, top_p: 0.97 })
    expect(body).not.toHaveProperty('temperature')
  })

  test('TOP-08 stop sequences, but for blank ones', () => {
    expect(encode({ stopSequences: ['x', ' \n'] }).body.stop_sequences).toEqual(['x'])
    expect(said({ stopSequences: ['x', ' \n'] })).toEqual(['approximated stop'])
    expect(encode({ stopSequences: [''] }).body).not.toHaveProperty('stop_sequences')
  })

  test('TOP-09 TOP-12 TOP-13 what no Claude can do is refused', () => {
    expect(refusalOf(() => encode({ sampling: { choices: 2 } }))).toBe('unsupported_parameter n')
    expect(refusalOf(() => encode({ sampling: { logprobs: 0 } }))).toBe('unsupported_parameter logprobs')
    expect(refusalOf(() => encode({ sampling: { logitBias: { 1: 2 } } }))).toBe(
      'unsupported_parameter logit_bias',
    )
    expect(encode({ sampling: { choices: 1, logitBias: {} } }).dropped).toEqual([])
  })

  test('TOP-10 TOP-11 TOP-17 TOP-22 hints are dropped by name', () => {
    const sampling = { seed: 0, presencePenalty: 1, frequencyPenalty: 1 }
    expect(said({ sampling, isStored: true, verbosity: 'low' })).toEqual([
      'dropped verbosity',
      'dropped store',
      'dropped seed',
      'dropped presence_penalty',
      'dropped frequency_penalty',
    ])
    expect(said({ isStored: false })).toEqual([])
  })

  test('TOP-14 TOP-15 of metadata only a user id', () => {
    expect(encode({ endUserId: 'u' }).body.metadata).toEqual({ user_id: 'u' })
    expect(encode({ metadata: { user_id: 'u', team: 'x' } }).body.metadata).toEqual({ user_id: 'u' })
    expect(said({ metadata: { user_id: 'u', team: 'x' } })).toEqual(['dropped metadata.team'])
  })

  test.each([
    ['auto', { service_tier: 'auto' }, []],
    ['default', { service_tier: 'standard_only' }, []],
    ['priority', { service_tier: 'auto' }, ['approximated service_tier']],
    ['flex', {}, ['dropped service_tier']],
    ['fast', { speed: 'fast' }, ['approximated service_tier']],
    ['ultrafast', { speed: 'fast' }, ['approximated service_tier']],
  ] as const)('TOP-16 tier %s', (serviceTier, fields, reports) => {
    expect(encode({ serviceTier }).body).toMatchObject(fields)
    expect(said({ serviceTier })).toEqual(reports)
  })

  test('TOP-16 speed comes with the header that some models demand for it, and with nothing else', () => {
    expect(encode({ serviceTier: 'fast' }).headers).toMatchObject({
      'anthropic-beta': expect.stringMatching(/^fast-mode-/),
    })
    expect(encode({ serviceTier: 'priority' }).headers).not.toHaveProperty('anthropic-beta')
  })

  test('TOP-18 streaming is asked for in the body', () => {
    expect(encode({ isStreaming: true }).body.stream).toBe(true)
  })

  test('TOP-31 extras of others: contracts are refused, hints reported', () => {
    const extra = (weight: 'hint' | 'contract') =>
      ({ dialect: 'gemini', path: 'safetySettings', value: [], weight }) as const
    expect(refusalOf(() => encode({ extras: [extra('contract')] }))).toBe(
      'unsupported_parameter safetySettings',
    )
    expect(said({ extras: [extra('hint')] })).toEqual(['dropped safetySettings'])
    expect(encode(decode({ inference_geo: 'eu' })).body.inference_geo).toBe('eu')
  })

  test('CCH-03 CCH-04 caching by itself is what Anthropic’s clients ask for, and costs extra for others', () => {
    const own = decode({ cache_control: { type: 'ephemeral', ttl: '1h' } })
    expect(encode(own).body.cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    expect(said({ caching: { isAutomatic: true } })).toEqual(['dropped prompt_cache_options'])
    const full = decode({
      cache_control: { type: 'ephemeral' },
      system: Array.from({ length: 4 }, () => ({
        type: 'text',
        text: 'x',
        cache_control: { type: 'ephemeral' },
      })),
    })
    expect(encode(full).body).not.toHaveProperty('cache_control')
    expect(encode(full).dropped).toMatchObject([{ path: 'cache_control' }])
  })

  test('CCH-07 RSN-34 the same request makes the same bytes, keys in the order that caches want', () => {
    const changes: Partial<ChatRequest> = {
      messages: [{ role: 'system', parts: [{ type: 'text', text: 's' }] }, HELLO],
      tools: [f],
      reasoning: { effort: 'high' },
    }
    expect(JSON.stringify(encode(changes).body)).toBe(JSON.stringify(encode(changes).body))
    expect(Object.keys(encode(changes).body)).toEqual([
      'model',
      'max_tokens',
      'system',
      'tools',
      'messages',
      'thinking',
      'output_config',
    ])
  })
})

describe('thinking', () => {
  const plan = (changes: Partial<ChatRequest>, capabilities = MODERN) => {
    const { thinking, output_config } = encode({ maxOutputTokens: 50_000, ...changes }, capabilities).body
    return [thinking, output_config]
  }
  const least = (value: 'between-tools' | 'lowest') => ({
    ...MODERN,
    thinking: { ...MODERN.thinking, least: value },
  })

  test('TOP-21 RSN-08 nothing is asked for where nothing was', () => {
    expect(plan({})).toEqual([undefined, undefined])
    expect(plan({ reasoning: { summary: 'none' } })).toEqual([undefined, undefined])
  })

  test.each([
    ['low', 'low', false],
    ['max', 'max', false],
    ['minimal', 'low', true],
    ['xhigh', 'high', true],
  ] as const)('RSN-01 RSN-02 effort %s', (effort, sent, isReported) => {
    expect(plan({ reasoning: { effort } }, V4_6)).toEqual([{ type: 'adaptive' }, { effort: sent }])
    expect(said({ reasoning: { effort } }, V4_6)).toHaveLength(isReported ? 1 : 0)
  })

  test('RSN-03 none is the least that the model allows', () => {
    const reasoning = { effort: 'none' } as const
    expect(plan({ reasoning })).toEqual([{ type: 'disabled' }, undefined])
    expect(plan({ reasoning }, least('between-tools'))).toEqual([{ type: 'between_tools' }, undefined])
    expect(plan({ reasoning }, least('lowest'))).toEqual([undefined, { effort: 'low' }])
    expect(said({ reasoning })).toEqual([])
    expect(said({ reasoning }, least('lowest'))).toEqual(['approximated reasoning_effort'])
    const off = { mode: 'disabled', effort: 'max' } as const
    expect(plan({ source: 'anthropic-messages', reasoning: off })).toEqual([
      { type: 'disabled' },
      { effort: 'high' },
    ])
  })

  test.each([
    ['minimal', 1024],
    ['low', 2048],
    ['medium', 8192],
    ['high', 16_384],
    ['xhigh', 24_576],
    ['max', 32_000],
  ] as const)('RSN-04 effort %s as a budget', (effort, budget_tokens) => {
    expect(plan({ reasoning: { effort } }, OLD)).toEqual([{ type: 'enabled', budget_tokens }, undefined])
    expect(said({ maxOutputTokens: 50_000, reasoning: { effort } }, OLD)).toEqual([
      'approximated reasoning_effort',
    ])
  })

  test('RSN-04 a budget stays below max_tokens, and goes where there is no room for one', () => {
    const reasoning = { effort: 'high' } as const
    expect(plan({ maxOutputTokens: 4000, reasoning }, OLD)[0]).toEqual({
      type: 'enabled',
      budget_tokens: 3000,
    })
    expect(plan({ maxOutputTokens: 1200, reasoning }, OLD)[0]).toEqual({
      type: 'enabled',
      budget_tokens: 1024,
    })
    expect(plan({ maxOutputTokens: 500, reasoning }, OLD)[0]).toBeUndefined()
    expect(said({ maxOutputTokens: 500, reasoning }, OLD)).toEqual(['approximated reasoning_effort'])
  })

  test('RSN-05 RSN-06 RSN-07 what an Anthropic client asked for', () => {
    const ask = (body: object, capabilities = MODERN) =>
      plan(decode({ max_tokens: 9000, ...body }), capabilities)
    const budget = { thinking: { type: 'enabled', budget_tokens: 5000 } }
    expect(ask(budget)).toEqual([{ type: 'adaptive' }, { effort: 'medium' }])
    expect(ask(budget, OLD)).toEqual([{ type: 'enabled', budget_tokens: 5000 }, undefined])
    expect(ask({ thinking: { type: 'adaptive' } })).toEqual([{ type: 'adaptive' }, undefined])
    expect(ask({ thinking: { type: 'adaptive' } }, OLD)[0]).toEqual({ type: 'enabled', budget_tokens: 8192 })
    expect(ask({ output_config: { effort: 'low' } })).toEqual([undefined, { effort: 'low' }])
    expect(ask({ thinking: { type: 'between_tools' } }, least('between-tools'))[0]).toEqual({
      type: 'between_tools',
    })
    expect(ask({ thinking: { type: 'between_tools' } })[0]).toEqual({ type: 'adaptive' })
  })

  test('RSN-12 what is to be seen of it', () => {
    const shown = (summary: 'none' | 'auto' | 'concise') => plan({ reasoning: { effort: 'low', summary } })[0]
    expect(shown('none')).toEqual({ type: 'adaptive', display: 'omitted' })
    expect(shown('auto')).toEqual({ type: 'adaptive', display: 'summarized' })
    expect(shown('concise')).toEqual({ type: 'adaptive', display: 'summarized' })
    expect(said({ reasoning: { effort: 'low', summary: 'concise' } })).toEqual(['dropped reasoning_effort'])
  })

  test('§20 a model that does not think at all', () => {
    const none: ModelCapabilities = { ...OLD, thinking: { style: 'none', least: 'disabled', efforts: [] } }
    expect(plan({ reasoning: { effort: 'high' } }, none)).toEqual([undefined, undefined])
    expect(said({ reasoning: { effort: 'high' } }, none)).toEqual(['dropped reasoning_effort'])
    expect(said({ reasoning: { effort: 'none' } }, none)).toEqual([])
  })

  test('TLC-08 where a tool is forced, an older model does not think', () => {
    const changes = { tools: [f], toolChoice: { type: 'required' }, reasoning: { effort: 'high' } } as const
    expect(plan(changes, OLD)[0]).toBeUndefined()
    expect(said({ ...changes, maxOutputTokens: 50_000 }, OLD)).toContain('approximated reasoning_effort')
    expect(plan(changes)[0]).toEqual({ type: 'adaptive' })
  })
})

describe('structured output', () => {
  const schema = { type: 'object', properties: { b: { type: 'string' }, a: { type: 'integer', minimum: 1 } } }
  const strict = { type: 'json-schema', name: 'n', schema, isStrict: true } as const

  test('TOP-20 SCH-01 SCH-03 SCH-04 TLD-05 a schema within the limits, in its own order', () => {
    expect(JSON.stringify(encode({ format: strict }).body.output_config)).toBe(
      '{"format":{"type":"json_schema","schema":{"type":"object","properties":{"b":{"type":"string"},' +
        '"a":{"type":"integer","description":"(minimum: 1)"}},"additionalProperties":false}}}',
    )
    expect(said({ format: strict })).toEqual(['approximated response_format'])
  })

  test('SCH-02 Anthropic is always strict', () => {
    const closed = { type: 'object', properties: {}, additionalProperties: false }
    expect(said({ format: { type: 'json-schema', schema: closed } })).toEqual([
      'approximated response_format',
    ])
    expect(said({ format: { ...strict, schema: closed } })).toEqual([])
    // and so is Gemini
    expect(said({ source: 'gemini', format: { type: 'json-schema', schema: closed } })).toEqual([])
  })

  test.each<[string, object]>([
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }],
    ['any object', { type: 'object' }],
    ['anything', {}],
    ['itself', { type: 'object', properties: { x: { $ref: '#' } } }],
    [
      'a definition that leads back to itself',
      { $ref: '#/$defs/N', $defs: { N: { type: 'object', properties: { n: { $ref: '#/$defs/N' } } } } },
    ],
    ['another document', { $ref: 'https://x/schema.json' }],
  ])('SCH-03 a schema of %s is refused', (_name, one) => {
    expect(refusalOf(() => encode({ format: { ...strict, schema: one as never } }))).toBe(
      'unsupported_parameter response_format',
    )
  })

  test('TLD-05 keywords: references, alternatives, formats, enums', () => {
    const wide = {
      $schema: 'x',
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/A' },
        b: { oneOf: [{ type: 'string' }, { type: 'null' }] },
        c: { type: 'string', format: 'date' },
        d: { type: 'string', format: 'iri', description: 'D' },
        e: { enum: ['x', null] },
        f: { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 3 },
      },
      $defs: { A: { type: 'string', const: 'a' } },
      additionalProperties: false,
    }
    const { body, dropped } = encode({ format: { ...strict, schema: wide } })
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            a: { $ref: '#/$defs/A' },
            b: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            c: { type: 'string', format: 'date' },
            d: { type: 'string', description: 'D (format: "iri")' },
            e: { enum: ['x', null] },
            f: { type: 'array', items: { type: 'number' }, minItems: 1, description: '(maxItems: 3)' },
          },
          $defs: { A: { type: 'string', const: 'a' } },
          additionalProperties: false,
        },
      },
    })
    expect(dropped[0]?.reason).toBe('not enforced as written: oneOf, format, maxItems')
  })

  test('SCH-05 plain JSON is asked for in words', () => {
    const { body, dropped } = encode({ format: { type: 'json' } })
    expect(body.system).toMatchObject([{ type: 'text', text: expect.stringContaining('JSON') as string }])
    expect(dropped).toMatchObject([{ path: 'response_format', action: 'approximated' }])
  })

  test('SCH-08 a model without schemas is told a loose one and refuses a strict one; no tool is forced for it', () => {
    const plain = { ...OLD, nativeSchema: false }
    const { body } = encode({ format: { type: 'json-schema', schema } }, plain)
    expect(JSON.stringify(body.system)).toContain('\\"properties\\"')
    expect(body).not.toHaveProperty('tools')
    expect(refusalOf(() => encode({ format: strict }, plain))).toBe('unsupported_parameter response_format')
  })

  test('SCH-07 SCH-13 a schema goes together with tools', () => {
    expect(encode({ format: strict, tools: [f] }).body).toMatchObject({ tools: [{}], output_config: {} })
  })
})
