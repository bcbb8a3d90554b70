import { expect, test } from 'vitest'
import { detectDialect } from './detect.ts'

const messages = [{ role: 'user', content: 'x' }]
const withParts = (...content: object[]) => ({ messages: [{ role: 'user', content }] })

test.each([
  [{ model: 'm', messages }, 'openai-chat'],
  [{ model: 'm', messages, max_tokens: 5 }, 'openai-chat'],
  [{ messages, tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'auto' }, 'openai-chat'],
  [{ messages, tool_choice: { type: 'function', function: { name: 'f' } } }, 'openai-chat'],
  [withParts({ type: 'text', text: 'x' }, { type: 'image_url', image_url: { url: 'x' } }), 'openai-chat'],
  [{}, 'openai-chat'],
  [{ messages, system: 'x' }, 'anthropic-messages'],
  [{ messages, stop_sequences: ['x'] }, 'anthropic-messages'],
  [{ messages, thinking: { type: 'disabled' } }, 'anthropic-messages'],
  [{ messages, tools: [{ name: 'f', input_schema: {} }] }, 'anthropic-messages'],
  [{ messages, tool_choice: { type: 'any' } }, 'anthropic-messages'],
  [withParts({ type: 'image', source: {} }), 'anthropic-messages'],
  [withParts({ type: 'tool_result', tool_use_id: 'x' }), 'anthropic-messages'],
  [withParts({ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }), 'anthropic-messages'],
  [{ model: 'm', input: 'x' }, 'openai-responses'],
  [{ model: 'm', prompt: 'x' }, 'openai-completions'],
  [{ model: 'm', contents: [] }, 'gemini'],
  [{ model: 'm', contents: [], systemInstruction: {} }, 'gemini'],
] as const)('%j is %s', (body, dialect) => {
  expect(detectDialect(body, {})).toBe(dialect)
})

test('a version header decides what is valid in both', () => {
  expect(detectDialect({ messages, max_tokens: 5 }, { 'anthropic-version': '2023-06-01' })).toBe(
    'anthropic-messages',
  )
})
