import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import {
  embedAnswerFromOpenAi,
  embedAnswerToOpenAi,
  embedRequestFromOpenAi,
  embedRequestToOpenAi,
} from './embeddings.ts'

const refusal = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('an OpenAI client, Gemini upstream', () => {
  test('one text is embedded alone, a list as a batch', () => {
    const content = (text: string) => ({ parts: [{ text }] })
    expect(embedRequestFromOpenAi({ model: 'x', input: 'a', dimensions: 8 }, 'e')).toEqual({
      method: 'embedContent',
      count: 1,
      body: { model: 'models/e', content: content('a'), outputDimensionality: 8 },
      dropped: [],
    })
    expect(
      embedRequestFromOpenAi({ model: 'x', input: ['a', 'b'], encoding_format: 'base64', user: 'u' }, 'e'),
    ).toEqual({
      method: 'batchEmbedContents',
      count: 2,
      body: {
        requests: [
          { model: 'models/e', content: content('a') },
          { model: 'models/e', content: content('b') },
        ],
      },
      dropped: [{ path: 'user', action: 'dropped', reason: expect.any(String) }],
    })
  })

  test('token ids are refused, nothing is invalid', () => {
    expect(refusal(() => embedRequestFromOpenAi({ input: [1, 2] }, 'e'))).toMatchObject({
      code: 'unsupported_parameter',
      path: 'input[0]',
    })
    expect(refusal(() => embedRequestFromOpenAi({ input: [[1]] }, 'e'))).toMatchObject({
      code: 'unsupported_parameter',
    })
    expect(refusal(() => embedRequestFromOpenAi({}, 'e'))).toMatchObject({
      code: 'invalid_request',
      path: 'input',
    })
    expect(refusal(() => embedRequestFromOpenAi({ input: [] }, 'e'))).toMatchObject({
      code: 'invalid_request',
      path: 'input',
    })
  })

  test('vectors come as numbers or as base64', () => {
    const answer = {
      embeddings: [{ values: [0.5, -1] }, { values: [2] }],
      usageMetadata: { promptTokenCount: 4 },
    }
    expect(embedAnswerToOpenAi(answer, { model: 'e', count: 2 })).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -1] },
        { object: 'embedding', index: 1, embedding: [2] },
      ],
      model: 'e',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    })
    const { data } = embedAnswerToOpenAi(
      { embedding: { values: [0.5, -1] } },
      { model: 'e', count: 1, encodingFormat: 'base64' },
    )
    expect(data).toEqual([
      {
        object: 'embedding',
        index: 0,
        embedding: Buffer.from(new Float32Array([0.5, -1]).buffer).toString('base64'),
      },
    ])
  })

  test('as many vectors as texts, or none', () => {
    const given = (count: number) => ({ embeddings: Array(count).fill({ values: [1] }) })
    expect(embedAnswerToOpenAi(given(2), { model: 'e', count: 2 })).toMatchObject({ object: 'list' })
    for (const count of [1, 3])
      expect(refusal(() => embedAnswerToOpenAi(given(count), { model: 'e', count: 2 }))).toMatchObject({
        code: 'upstream_malformed',
      })
  })

  test('errors and answers without vectors are what they are', () => {
    expect(
      refusal(() => embedAnswerToOpenAi({ error: { code: 429, message: 'm' } }, { model: 'e', count: 1 })),
    ).toMatchObject({ code: 'upstream_rate_limited' })
    for (const body of [null, {}, { embeddings: [{}] }, { embedding: { values: ['x'] } }])
      expect(refusal(() => embedAnswerToOpenAi(body, { model: 'e', count: 1 }))).toMatchObject({
        code: 'upstream_malformed',
      })
  })
})

describe('a Gemini client, OpenAI upstream', () => {
  const request = (...parts: JsonObject[]) => ({ content: { parts } })

  test('one content or many', () => {
    expect(
      embedRequestToOpenAi(
        { ...request({ text: 'a' }), output_dimensionality: 8, taskType: 'X' },
        'e',
        'embedContent',
      ),
    ).toEqual({
      method: 'embedContent',
      count: 1,
      body: { model: 'e', input: 'a', dimensions: 8, encoding_format: 'float' },
      dropped: [{ path: 'taskType', action: 'dropped', reason: expect.any(String) }],
    })
    const batch = { requests: [request({ text: 'a' }), request({ text: 'b' }, { text: 'c' })] }
    expect(embedRequestToOpenAi(batch, 'e', 'batchEmbedContents')).toMatchObject({
      body: { input: ['a', 'b\nc'] },
      dropped: [{ path: 'requests[1].content', action: 'approximated' }],
    })
  })

  test('media and vectors of different lengths are refused', () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'A' } }
    expect(refusal(() => embedRequestToOpenAi(request(image), 'e', 'embedContent'))).toMatchObject({
      code: 'unsupported_parameter',
      path: 'content.parts[0]',
    })
    const requests = [{ ...request({ text: 'a' }), outputDimensionality: 1 }, request({ text: 'b' })]
    expect(refusal(() => embedRequestToOpenAi({ requests }, 'e', 'batchEmbedContents'))).toMatchObject({
      path: 'requests',
    })
    expect(refusal(() => embedRequestToOpenAi({}, 'e', 'batchEmbedContents'))).toMatchObject({
      code: 'invalid_request',
    })
    expect(refusal(() => embedRequestToOpenAi({}, 'e', 'embedContent'))).toMatchObject({
      code: 'invalid_request',
      path: 'content',
    })
  })

  test('vectors come back in order, whatever their spelling', () => {
    const base64 = Buffer.from(new Float32Array([0.5]).buffer).toString('base64')
    const answer = {
      data: [
        { index: 1, embedding: base64 },
        { index: 0, embedding: [1, 2] },
      ],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    }
    const usageMetadata = { promptTokenCount: 3, totalTokenCount: 3 }
    expect(embedAnswerFromOpenAi(answer, { method: 'batchEmbedContents', count: 2 })).toEqual({
      embeddings: [{ values: [1, 2] }, { values: [0.5] }],
      usageMetadata,
    })
    const { data, usage } = answer
    const one = { data: data.slice(1), usage }
    expect(embedAnswerFromOpenAi(one, { method: 'embedContent', count: 1 })).toEqual({
      embedding: { values: [1, 2] },
      usageMetadata,
    })
    for (const count of [0, 1, 3])
      expect(
        refusal(() => embedAnswerFromOpenAi(answer, { method: 'batchEmbedContents', count })),
      ).toMatchObject({ code: 'upstream_malformed' })
  })
})
