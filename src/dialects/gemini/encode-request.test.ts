import { describe, expect, test } from 'vitest'
import { chatRequest, GEMINI_2_5, GEMINI_3, withCapabilities } from '../../../test/support/dialects/gemini.ts'
import { placed } from '../../../test/support/placed.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, ReasoningRequest } from '../../ir/request.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const encode = (changes: Partial<ChatRequest>, target = GEMINI_3) =>
  encodeRequest(placed(chatRequest(changes)), target)
const config = (changes: Partial<ChatRequest>, target = GEMINI_3) =>
  encode(changes, target).body.generationConfig
const refusal = (changes: Partial<ChatRequest>, target = GEMINI_3) => {
  try {
    encode(changes, target)
  } catch (error) {
    return error
  }
  return undefined
}
const RJ = (path: string) => ({ code: 'unsupported_parameter', path })

describe('limits and sampling', () => {
  test('TOP-02 TOP-03 TOP-04 AGT-01 limits: as they are, lowered to what the model can write, never zero', () => {
    expect(config({ maxOutputTokens: 9 })).toEqual({ maxOutputTokens: 9 })
    const large = encode({ source: 'anthropic-messages', maxOutputTokens: 128_000 })
    expect(large.body.generationConfig).toEqual({ maxOutputTokens: 65_536 })
    expect(large.dropped).toMatchObject([{ path: 'max_tokens', action: 'approximated' }])
    expect(refusal({ source: 'anthropic-messages', maxOutputTokens: 0 })).toMatchObject(RJ('max_tokens'))
  })

  test('TOP-05 TOP-06 TOP-07 TOP-10 sampling parameters', () => {
    const sampling = { temperature: 1.5, topP: 0.5, topK: 4, seed: 0 }
    expect(config({ sampling })).toEqual(sampling)
    const refused = encode({ sampling, source: 'anthropic-messages' }, withCapabilities({ sampling: 'no' }))
    expect(refused.body.generationConfig).toEqual({ seed: 0 })
    expect(refused.dropped.map(({ path }) => path)).toEqual(['temperature', 'top_p', 'top_k'])
    expect(config({ sampling }, withCapabilities({ samplesOneWay: true }))).toEqual({
      temperature: 1.5,
      topK: 4,
      seed: 0,
    })
  })

  test('RSN-15 a model that samples only without reasoning reasons', () => {
    const target = withCapabilities({ sampling: 'without-reasoning' })
    expect(config({ sampling: { temperature: 1 }, reasoning: { effort: 'low' } }, target)).not.toHaveProperty(
      'temperature',
    )
  })

  test('TOP-08 stop sequences, as many as Gemini takes', () => {
    expect(config({ stopSequences: ['a'] })).toEqual({ stopSequences: ['a'] })
    expect(refusal({ stopSequences: ['1', '2', '3', '4', '5', '6'] })).toMatchObject(RJ('stop'))
    expect(refusal({ stopSequences: ['1'] }, withCapabilities({ stopSequences: false }))).toMatchObject(
      RJ('stop'),
    )
  })

  test('TOP-09 several answers', () => {
    expect(config({ sampling: { choices: 2 } })).toEqual({ candidateCount: 2 })
    expect(config({ sampling: { choices: 1 } })).toBeUndefined()
  })

  test('TOP-11 penalties only where the model takes them', () => {
    const sampling = { presencePenalty: 1, frequencyPenalty: 0 }
    expect(config({ sampling })).toEqual(sampling)
    expect(encode({ sampling }, GEMINI_2_5).dropped.map(({ path }) => path)).toEqual([
      'presence_penalty',
      'frequency_penalty',
    ])
  })

  test('TOP-12 a bias on token ids is refused, an empty one is none', () => {
    expect(refusal({ sampling: { logitBias: { 5: 1 } } })).toMatchObject(RJ('logit_bias'))
    expect(refusal({ sampling: { logitBias: {} } })).toBeUndefined()
  })

  test('TOP-13 logprobs', () => {
    const { body, dropped } = encode({ sampling: { logprobs: 3 } })
    expect(body.generationConfig).toEqual({ responseLogprobs: true, logprobs: 3 })
    expect(dropped).toMatchObject([{ path: 'logprobs', action: 'approximated' }])
    expect(config({ sampling: { logprobs: 0 } })).toEqual({ responseLogprobs: true })
  })
})

describe('settings', () => {
  test('TOP-14 TOP-15 TOP-22 TOP-27 CCH-02 CCH-03 CCH-06 PRT-14 what Gemini has no place for is reported', () => {
    const { dropped } = encode({
      metadata: { a: 'b' },
      endUserId: 'u',
      verbosity: 'low',
      caching: { key: 'k' },
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'x', cache: { lifetime: 'long' } }] }],
    })
    expect(dropped.map(({ path }) => path)).toEqual([
      'verbosity',
      'safety_identifier',
      'metadata',
      'prompt_cache_options',
    ])
  })

  test('TOP-16 service tiers', () => {
    expect(encode({ serviceTier: 'default' }).body.serviceTier).toBe('standard')
    expect(encode({ serviceTier: 'flex' }).body.serviceTier).toBe('flex')
    expect(encode({ serviceTier: 'auto' }).body).not.toHaveProperty('serviceTier')
    expect(encode({ serviceTier: 'fast' })).toMatchObject({
      body: { serviceTier: 'priority' },
      dropped: [{ path: 'service_tier' }],
    })
  })

  test('TOP-17 not to be stored is passed on, to be stored is reported', () => {
    expect(encode({ isStored: false }).body.store).toBe(false)
    const kept = encode({ isStored: true })
    expect(kept.body).not.toHaveProperty('store')
    expect(kept.dropped).toMatchObject([{ path: 'store' }])
  })

  test('TOP-23 TOP-24 TOP-26 TOP-32 extras of other dialects: text alone is nothing, hints are reported, contracts refused', () => {
    const extra = (path: string, value: unknown, weight: 'hint' | 'contract') =>
      ({ dialect: 'openai-chat', path, value, weight }) as const
    const { dropped } = encode({
      extras: [extra('modalities', ['text'], 'contract'), extra('prediction', {}, 'hint')],
    })
    expect(dropped).toMatchObject([{ path: 'prediction', action: 'dropped' }])
    expect(refusal({ extras: [extra('modalities', ['text', 'audio'], 'contract')] })).toMatchObject(
      RJ('modalities'),
    )
  })

  test('TOP-31 what a client of Gemini’s asked for beyond our model goes back to its place', () => {
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'x' }] }],
      safetySettings: [{ category: 'c', threshold: 'BLOCK_LOW_AND_ABOVE' }],
      generationConfig: {
        temperature: 1,
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        speechConfig: { languageCode: 'de' },
      },
      cachedContent: 'cachedContents/x',
    }
    const { body: again, dropped } = encodeRequest(decodeRequest(body, { model: 'm', headers: {} }), GEMINI_3)
    expect(again).toEqual(body)
    expect(dropped).toEqual([])
  })

  test('MSG-11 only a client that means it has its last message continued', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', parts: [{ type: 'text', text: 'q' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'a' }] },
    ]
    const target = withCapabilities({ prefill: false })
    expect(refusal({ messages, source: 'anthropic-messages' }, target)).toMatchObject(RJ('messages[1]'))
    expect(refusal({ messages }, target)).toBeUndefined()
    expect(encode({ messages, source: 'anthropic-messages' }).dropped).toEqual([])
    expect(encode({ messages }).dropped).toMatchObject([{ path: 'messages[1]', action: 'approximated' }])
    expect(encode({ messages }, target).dropped).toEqual([])
  })
})

describe('contracts that only others can keep', () => {
  test.each([
    ['TOP-26 a blocking moderation', 'moderation'],
    ['TOP-29 STA-01 a conversation that the provider keeps', 'previous_response_id'],
    ['TOP-29 STA-03 an answer in the background', 'background'],
    ['TOP-29 STA-04 a stored prompt', 'prompt'],
    ['STA-05 MSG-25 a reference to an item', 'input[1]'],
    ['TOP-30 truncation', 'truncation'],
    ['MSG-08 tools added amid the conversation', 'messages[2].content[0]'],
    ['MSG-17 audio that the provider keeps', 'messages[1].audio'],
    ['RSN-13 a reasoning mode', 'reasoning.mode'],
    ['TLD-11 TCL-20 calls that do not wait', 'tools[0].async'],
  ])('%s is refused by its path', (_name, path) => {
    const extras = [{ dialect: 'openai-responses', path, value: 'x', weight: 'contract' }] as const
    expect(refusal({ extras })).toMatchObject(RJ(path))
  })
})

describe('the form of the answer', () => {
  const schema = { type: 'object', properties: { b: {}, a: {} } }

  test('TOP-20 SCH-01 SCH-02 SCH-04 a schema goes as it is, and always binds', () => {
    const strict = encode({ format: { type: 'json-schema', name: 'n', schema, isStrict: true } })
    expect(strict.body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    })
    expect(strict.dropped).toEqual([])
    expect(encode({ format: { type: 'json-schema', schema } }).dropped).toMatchObject([
      { path: 'response_format', action: 'approximated' },
    ])
  })

  test('SCH-05 any JSON', () => {
    expect(config({ format: { type: 'json' } })).toEqual({ responseMimeType: 'application/json' })
    expect(config({ format: { type: 'text' } })).toBeUndefined()
  })

  test('SCH-03 SCH-07 models that cannot are not asked to', () => {
    const format = { type: 'json-schema', schema } as const
    expect(refusal({ format }, withCapabilities({ nativeSchema: false }))).toMatchObject(
      RJ('response_format'),
    )
    const tools = [{ type: 'function', name: 'f' }] as const
    expect(refusal({ format, tools }, GEMINI_2_5)).toMatchObject(RJ('response_format'))
    expect(refusal({ format: { type: 'json' }, tools }, GEMINI_2_5)).toMatchObject(RJ('response_format'))
    expect(refusal({ format: { type: 'json' } }, GEMINI_2_5)).toBeUndefined()
    expect(refusal({ format, tools })).toBeUndefined()
  })

  test('SCH-01 SCH-05 SCH-06 from a client of Gemini’s', () => {
    const format = (generationConfig: JsonObject) =>
      decodeRequest({ contents: { parts: [{ text: 'x' }] }, generationConfig }, { model: 'm', headers: {} })
    const responseMimeType = 'application/json'
    expect(format({ responseMimeType, responseJsonSchema: schema }).format).toEqual({
      type: 'json-schema',
      schema,
    })
    expect(format({ responseMimeType, responseSchema: { type: 'STRING', nullable: true } }).format).toEqual({
      type: 'json-schema',
      schema: { type: ['string', 'null'] },
    })
    expect(format({ responseMimeType }).format).toEqual({ type: 'json' })
    const choice = format({
      responseMimeType: 'text/x.enum',
      responseSchema: { type: 'STRING', enum: ['a'] },
    })
    expect(choice.format).toBeUndefined()
    expect(choice.extras.map(({ weight }) => weight)).toEqual(['contract', 'contract'])
  })
})

describe('thinking', () => {
  const thinking = (reasoning: ReasoningRequest, target = GEMINI_3, more: Partial<ChatRequest> = {}) => {
    const { body, dropped } = encode({ reasoning, ...more }, target)
    const generation = body.generationConfig as JsonObject | undefined
    return [generation?.thinkingConfig, dropped.map(({ action }) => action)]
  }

  test('RSN-01 RSN-09 TOP-21 efforts are levels of the same name, or the nearest', () => {
    expect(thinking({ effort: 'high' })).toEqual([{ thinkingLevel: 'HIGH' }, []])
    expect(thinking({ effort: 'xhigh' })).toEqual([{ thinkingLevel: 'HIGH' }, ['approximated']])
    expect(thinking({ effort: 'max' })).toEqual([{ thinkingLevel: 'HIGH' }, ['approximated']])
    expect(thinking({ effort: 'minimal' })).toEqual([{ thinkingLevel: 'LOW' }, ['approximated']])
    expect(thinking({ effort: 'none' })).toEqual([{ thinkingLevel: 'LOW' }, ['approximated']])
    const hydrogen = withCapabilities({
      thinking: { style: 'level', least: 'lowest', efforts: ['low', 'high', 'xhigh'] },
    })
    expect(thinking({ effort: 'xhigh' }, hydrogen)).toEqual([{ thinkingLevel: 'XHIGH' }, []])
  })

  test('RSN-05 RSN-11 a budget becomes a level, never both', () => {
    expect(thinking({ mode: 'budget', budgetTokens: 10_000 })).toEqual([
      { thinkingLevel: 'MEDIUM' },
      ['approximated'],
    ])
    expect(thinking({ mode: 'budget', budgetTokens: 10_000, effort: 'low' })[0]).toEqual({
      thinkingLevel: 'LOW',
    })
  })

  test('RSN-10 RSN-34 efforts are budgets by the table on older models', () => {
    expect(thinking({ effort: 'medium' }, GEMINI_2_5)).toEqual([{ thinkingBudget: 8192 }, ['approximated']])
    expect(thinking({ effort: 'none' }, GEMINI_2_5)).toEqual([{ thinkingBudget: 0 }, []])
    const pro = withCapabilities({ thinking: { style: 'budget', least: 'lowest', efforts: [] } })
    expect(thinking({ effort: 'none' }, pro)).toEqual([{ thinkingBudget: 128 }, ['approximated']])
    expect(thinking({ mode: 'budget', budgetTokens: 77 }, GEMINI_2_5)).toEqual([{ thinkingBudget: 77 }, []])
    expect(thinking({ mode: 'adaptive' }, GEMINI_2_5)).toEqual([{ thinkingBudget: -1 }, []])
    expect(thinking({ effort: 'medium' }, GEMINI_2_5, { maxOutputTokens: 4096 })[0]).toEqual({
      thinkingBudget: 4095,
    })
  })

  test('RSN-06 RSN-08 nothing is asked for where nothing was said', () => {
    expect(thinking({ mode: 'adaptive' })).toEqual([undefined, []])
    expect(encode({}).body).not.toHaveProperty('generationConfig')
  })

  test('RSN-12 summaries are thoughts', () => {
    expect(thinking({ summary: 'auto' })).toEqual([{ includeThoughts: true }, []])
    expect(thinking({ summary: 'none' })).toEqual([{ includeThoughts: false }, []])
    expect(thinking({ summary: 'detailed' })).toEqual([{ includeThoughts: true }, ['approximated']])
  })

  test('RSN-01 a model that does not think is not asked to', () => {
    const target = withCapabilities({ thinking: { style: 'none', least: 'disabled', efforts: [] } })
    expect(thinking({ effort: 'high' }, target)).toEqual([undefined, ['dropped']])
    expect(thinking({ effort: 'none' }, target)).toEqual([undefined, []])
  })

  test('RSN-10 RSN-11 RSN-12 from a client of Gemini’s', () => {
    const decode = (thinkingConfig: JsonObject) =>
      decodeRequest(
        { contents: { parts: [{ text: 'x' }] }, generationConfig: { thinkingConfig } },
        { model: 'm', headers: {} },
      ).reasoning
    expect(decode({ thinkingLevel: 'HIGH', includeThoughts: true })).toEqual({
      effort: 'high',
      summary: 'auto',
    })
    expect(decode({ thinkingBudget: 0 })).toEqual({ mode: 'disabled', effort: 'none', summary: 'none' })
    expect(decode({ thinkingBudget: -1 })).toEqual({ mode: 'adaptive', summary: 'none' })
    expect(decode({ thinkingBudget: 500 })).toEqual({ mode: 'budget', budgetTokens: 500, summary: 'none' })
    expect(() => decode({ thinkingBudget: 500, thinkingLevel: 'LOW' })).toThrow(
      expect.objectContaining({ path: 'generationConfig.thinkingConfig.thinkingBudget' }),
    )
  })
})
