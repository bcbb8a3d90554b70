import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_USAGE, totalInputTokens, totalOutputTokens, type Usage } from '../ir/usage.ts'
import { decodeUsage as decodeAnthropicUsage } from './anthropic-messages/usage.ts'
import { decodeUsage as decodeGeminiUsage } from './gemini/usage.ts'
import { decodeOpenAiUsage } from './openai-usage.ts'

describe('OpenAI’s usage', () => {
  test('has its details taken out of its totals', () => {
    const wire = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 3 },
    }
    expect(decodeOpenAiUsage(wire)).toEqual({
      ...NO_USAGE,
      inputTokens: 25,
      cacheReadTokens: 60,
      cacheWriteTokens: 10,
      inputAudioTokens: 5,
      outputTokens: 27,
      reasoningTokens: 20,
      outputAudioTokens: 3,
    })
  })

  test('is the same under the names of Responses, and with DeepSeek’s cache hits', () => {
    const responses = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
    }
    const expected = { inputTokens: 6, cacheReadTokens: 4, outputTokens: 3, reasoningTokens: 2 }
    expect(decodeOpenAiUsage(responses)).toEqual({ ...NO_USAGE, ...expected })
    const deepseek = { prompt_tokens: 10, prompt_cache_hit_tokens: 4, completion_tokens: 5 }
    expect(decodeOpenAiUsage(deepseek)).toEqual({
      ...NO_USAGE,
      inputTokens: 6,
      cacheReadTokens: 4,
      outputTokens: 5,
    })
  })
})

test('USG-01 a Chat server that counts reasoning beside its completions loses none of it (xAI, Google’s Chat endpoints)', () => {
  const wire = {
    prompt_tokens: 32,
    completion_tokens: 9,
    total_tokens: 135,
    completion_tokens_details: { reasoning_tokens: 94 },
  }
  expect(decodeOpenAiUsage(wire)).toEqual({
    ...NO_USAGE,
    inputTokens: 32,
    outputTokens: 9,
    reasoningTokens: 94,
  })
})

test('USG-02 Qwen’s name for what was written to its cache', () => {
  const wire = {
    prompt_tokens: 1600,
    completion_tokens: 9,
    prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 1494, cache_type: 'ephemeral' },
  }
  expect(decodeOpenAiUsage(wire)).toMatchObject({ inputTokens: 106, cacheWriteTokens: 1494 })
})

test('USG-01 USG-11 sound that stood in the cache is counted once', () => {
  const openai = decodeOpenAiUsage({
    prompt_tokens: 1000,
    completion_tokens: 1,
    prompt_tokens_details: { cached_tokens: 950, audio_tokens: 900 },
  })
  expect(openai).toMatchObject({ inputTokens: 0, cacheReadTokens: 950, inputAudioTokens: 50 })
  const gemini = {
    promptTokenCount: 1000,
    cachedContentTokenCount: 500,
    promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 600 }],
  }
  const cacheTokensDetails = [{ modality: 'AUDIO', tokenCount: 450 }]
  expect(decodeGeminiUsage({ ...gemini, cacheTokensDetails })).toMatchObject({
    inputTokens: 350,
    cacheReadTokens: 500,
    inputAudioTokens: 150,
  })
  expect(decodeGeminiUsage(gemini)).toMatchObject({ inputTokens: 0, inputAudioTokens: 500 })
})

describe('Anthropic’s usage', () => {
  test('leaves cached tokens out of its input, and has two lifetimes of cache writes', () => {
    const wire = {
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 25 },
      output_tokens: 40,
      server_tool_use: { web_search_requests: 2 },
    }
    expect(decodeAnthropicUsage(wire)).toEqual({
      ...NO_USAGE,
      inputTokens: 10,
      cacheReadTokens: 20,
      cacheWriteTokens: 5,
      cacheWriteLongTokens: 25,
      outputTokens: 40,
      hostedToolCalls: 2,
    })
  })

  test('of a later event fills only the gaps of an earlier one', () => {
    const start = decodeAnthropicUsage({
      input_tokens: 10,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 4,
      cache_creation: { ephemeral_1h_input_tokens: 4 },
      output_tokens: 1,
    })
    const end = decodeAnthropicUsage(
      { input_tokens: null, cache_read_input_tokens: null, output_tokens: 9 },
      start,
    )
    expect(end).toEqual({
      ...NO_USAGE,
      inputTokens: 10,
      cacheReadTokens: 5,
      cacheWriteLongTokens: 4,
      outputTokens: 9,
    })
  })
})

describe('Gemini’s usage', () => {
  test('counts thoughts beside candidates, and cached tokens within the prompt', () => {
    const wire = {
      promptTokenCount: 100,
      cachedContentTokenCount: 40,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 90 },
        { modality: 'AUDIO', tokenCount: 10 },
      ],
    }
    expect(decodeGeminiUsage(wire)).toEqual({
      ...NO_USAGE,
      inputTokens: 57,
      cacheReadTokens: 40,
      inputAudioTokens: 10,
      outputTokens: 20,
      reasoningTokens: 30,
    })
  })
})

describe('in every dialect', () => {
  const count = fc.oneof(fc.nat(1_000_000), fc.constantFrom(null, undefined, -5, 'many', Number.NaN))
  const decoders: Record<string, (counts: unknown[]) => Usage | undefined> = {
    openai: ([a, b, c, d, e, f]) =>
      decodeOpenAiUsage({
        prompt_tokens: a,
        completion_tokens: b,
        prompt_tokens_details: { cached_tokens: c, audio_tokens: d },
        completion_tokens_details: { reasoning_tokens: e, audio_tokens: f },
      }),
    anthropic: ([a, b, c, d, e]) =>
      decodeAnthropicUsage({
        input_tokens: a,
        output_tokens: b,
        cache_read_input_tokens: c,
        cache_creation_input_tokens: d,
        cache_creation: { ephemeral_1h_input_tokens: e },
      }),
    gemini: ([a, b, c, d]) =>
      decodeGeminiUsage({
        promptTokenCount: a,
        candidatesTokenCount: b,
        cachedContentTokenCount: c,
        thoughtsTokenCount: d,
      }),
  }

  test.each(Object.entries(decoders))(
    '%s: no bucket is negative or broken, whatever is sent',
    (_name, decode) => {
      const property = fc.property(fc.array(count, { minLength: 6, maxLength: 6 }), (counts) => {
        for (const tokens of Object.values(decode(counts) ?? {})) {
          expect(Number.isSafeInteger(tokens)).toBe(true)
          expect(tokens).toBeGreaterThanOrEqual(0)
        }
      })
      fc.assert(property)
    },
  )

  test('buckets add up to the provider’s own totals', () => {
    const parts = fc.array(fc.nat(10_000), { minLength: 6, maxLength: 6 })
    const property = fc.property(
      parts,
      ([fresh = 0, read = 0, audio = 0, text = 0, reasoning = 0, spoken = 0]) => {
        const [input, output] = [fresh + read + audio, text + reasoning + spoken]
        const openai = decodeOpenAiUsage({
          prompt_tokens: input,
          completion_tokens: output,
          prompt_tokens_details: { cached_tokens: read, audio_tokens: audio },
          completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: spoken },
        })
        const gemini = decodeGeminiUsage({
          promptTokenCount: input,
          cachedContentTokenCount: read,
          candidatesTokenCount: text + spoken,
          thoughtsTokenCount: reasoning,
          promptTokensDetails: [{ modality: 'AUDIO', tokenCount: audio }],
          candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: spoken }],
        })
        const anthropic = decodeAnthropicUsage({
          input_tokens: fresh + audio,
          cache_read_input_tokens: read,
          output_tokens: output,
          output_tokens_details: { thinking_tokens: reasoning },
        })
        for (const usage of [openai, gemini, anthropic]) {
          expect(totalInputTokens(usage ?? NO_USAGE)).toBe(input)
          expect(totalOutputTokens(usage ?? NO_USAGE)).toBe(output)
        }
      },
    )
    fc.assert(property)
  })

  test('USG-09 USG-10 an object that counts nothing is no count', () => {
    for (const wire of [{}, { prompt_tokens: null, completion_tokens: null }])
      expect(decodeOpenAiUsage(wire)).toBeUndefined()
    // Vertex says so in every chunk
    for (const wire of [{}, { trafficType: 'ON_DEMAND' }]) expect(decodeGeminiUsage(wire)).toBeUndefined()
    expect(decodeAnthropicUsage({})).toBeUndefined()
  })

  test('no usage is undefined, not zero', () => {
    for (const decode of [decodeOpenAiUsage, decodeAnthropicUsage, decodeGeminiUsage]) {
      expect(decode(undefined)).toBeUndefined()
      expect(decode(null)).toBeUndefined()
    }
  })
})
