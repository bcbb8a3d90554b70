import { describe, expect, test } from 'vitest'
import type { DialectId } from '../core/dialect-id.ts'
import type { JsonObject } from '../core/json.ts'
import { DIALECTS } from './index.ts'

const messages = [{ role: 'user', content: 'x' }]
const contents = [{ parts: [{ text: 'x' }] }]

describe('what the gateway reads of a request', () => {
  test.each([
    ['openai-chat', { model: 'm', messages }, ['m', false, false]],
    ['openai-chat', { model: 'm', messages, stream: true, stream_options: null }, ['m', true, false]],
    ['openai-chat', { model: 'm', messages, stream_options: { include_usage: true } }, ['m', false, true]],
    ['openai-completions', { model: 'm', prompt: ['x'], stream: null }, ['m', false, false]],
    ['openai-completions', { model: 'm', prompt: [1, 2] }, ['m', false, false]],
    ['openai-responses', { model: 'm', input: 'x', stream: true }, ['m', true, true]],
    ['openai-responses', { prompt: { id: 'pmpt_1' } }, [undefined, false, true]],
    ['anthropic-messages', { model: 'm', messages, stream: true }, ['m', true, true]],
    ['gemini', { contents }, [undefined, false, true]],
    ['gemini', { contents: contents[0] }, [undefined, false, true]],
    ['gemini', { model: 'm', contents }, ['m', false, true]],
  ] as [DialectId, JsonObject, unknown[]][])('%s %j', (dialect, body, expected) => {
    const { model, isStreaming, asksForUsage } = DIALECTS[dialect].readRequest(body)
    expect([model, isStreaming, asksForUsage]).toEqual(expected)
  })
})

describe('what no provider needs to see is refused, by the path of the field', () => {
  test.each([
    ['openai-chat', { messages }, 'model'],
    ['openai-chat', { model: ' ', messages }, 'model'],
    ['openai-chat', { model: 'm' }, 'messages'],
    ['openai-chat', { model: 'm', messages: [] }, 'messages'],
    ['openai-chat', { model: 'm', messages: [...messages, 'x'] }, 'messages[1]'],
    ['openai-chat', { model: 'm', messages: [{ content: 'x' }] }, 'messages[0].role'],
    ['openai-chat', { model: 'm', messages, stream: 'yes' }, 'stream'],
    ['openai-chat', { model: 'm', messages, stream_options: true }, 'stream_options'],
    ['openai-completions', { model: 'm' }, 'prompt'],
    ['openai-completions', { model: 'm', prompt: [] }, 'prompt'],
    ['openai-responses', { input: 'x' }, 'model'],
    ['openai-responses', { model: 'm', input: 5 }, 'input'],
    ['anthropic-messages', { model: 'm', messages: 'x' }, 'messages'],
    ['anthropic-messages', { messages }, 'model'],
    ['gemini', {}, 'contents'],
    ['gemini', { contents: [] }, 'contents'],
  ] as [DialectId, JsonObject, string][])('%s %j: %s', (dialect, body, path) => {
    expect(() => DIALECTS[dialect].readRequest(body)).toThrow(
      expect.objectContaining({ code: 'invalid_request', path }) as Error,
    )
  })
})
