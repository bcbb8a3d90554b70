import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let strict: Simulator
let lenient: Simulator
beforeAll(async () => {
  strict = await startSimulator()
  lenient = await startSimulator({ strict: false })
})
afterAll(async () => {
  await strict.close()
  await lenient.close()
})

const HEADERS = { authorization: 'Bearer k', 'anthropic-version': '2023-06-01' }

async function send(path: string, body: object, headers: Record<string, string> = HEADERS) {
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const refused = await fetch(strict.url + path, init)
  expect((await fetch(lenient.url + path, init)).status).toBe(200)
  const { error } = (await refused.json()) as { error?: { message: string; param?: string; code?: unknown } }
  return { ...error, status: refused.status }
}

const user = { role: 'user', content: 'Hello' }

describe('chat completions refuse', () => {
  const base = { model: 'simulated', messages: [user] }
  const call = { id: 'call_1', type: 'function', function: { name: 'one', arguments: '{}' } }
  const asked = { role: 'assistant', content: null, tool_calls: [call] }
  test.each<[string, object, RegExp]>([
    ['an unknown parameter', { top_k: 1 }, /Unknown parameter: 'top_k'/],
    [
      'an unknown field of a message',
      { messages: [{ ...user, cache_control: {} }] },
      /messages\[0\]\.cache_control/,
    ],
    ['no messages', { messages: [] }, /empty array/],
    [
      'a tool message without a call',
      { messages: [user, { role: 'tool', tool_call_id: 'x', content: '' }] },
      /must be a response/,
    ],
    [
      'a call without its tool message',
      { messages: [user, asked, user] },
      /did not have response messages: call_1/,
    ],
    ['a tool choice without tools', { tool_choice: 'auto' }, /only allowed when 'tools'/],
    ['two token limits', { max_tokens: 1, max_completion_tokens: 1 }, /at the same time/],
    [
      'JSON mode without the word',
      { response_format: { type: 'json_object' } },
      /must contain the word 'json'/,
    ],
    [
      'an image in a tool message',
      { messages: [user, asked, { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'image_url' }] }] },
      /content type/,
    ],
    ['a null as user content', { messages: [{ role: 'user', content: null }] }, /got null/],
  ])('%s', async (_name, change, message) => {
    expect(await send('/v1/chat/completions', { ...base, ...change })).toMatchObject({
      status: 400,
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('responses refuse', () => {
  const base = { model: 'simulated', input: [user] }
  const call = { type: 'function_call', call_id: 'call_1', name: 'one', arguments: '{}' }
  const output = { type: 'function_call_output', call_id: 'call_1', output: 'x' }
  test.each<[string, object, RegExp]>([
    ['an unknown parameter', { stop: ['x'] }, /Unknown parameter: 'stop'/],
    ['too small a limit', { max_output_tokens: 1 }, />= 16/],
    ['an output without its call', { input: [user, output] }, /No tool call found .* call_1/],
    ['a call without its output', { input: [user, call] }, /No tool output found .* call_1/],
    ['a call id as item id', { input: [user, { ...call, id: 'call_1' }, output] }, /begins with 'fc'/],
    [
      'a Chat content part',
      { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
      /Invalid value: 'text'/,
    ],
    ['a nested Chat tool', { tools: [{ type: 'function', function: { name: 'one' } }] }, /tools\[0\]\.name/],
    [
      'reasoning that nothing follows',
      { input: [user, { type: 'reasoning', id: 'rs_1', summary: [] }] },
      /required following item/,
    ],
    [
      'reasoning that it has never seen, without its content',
      {
        input: [
          user,
          { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: null },
          { role: 'assistant', content: 'a' },
          user,
        ],
      },
      /Item with id 'rs_1' not found/,
    ],
  ])('%s', async (_name, change, message) => {
    expect(await send('/v1/responses', { ...base, ...change })).toMatchObject({
      status: 400,
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('anthropic messages refuse', () => {
  const base = { model: 'simulated', max_tokens: 100, messages: [user] }
  const use = { type: 'tool_use', id: 'toolu_1', name: 'one', input: {} }
  const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }
  const asked = { role: 'assistant', content: [use] }
  test.each<[string, object, RegExp]>([
    ['an unknown parameter', { reasoning: {} }, /^reasoning: Extra inputs are not permitted$/],
    ['a beta parameter without its header', { context_management: {} }, /Extra inputs/],
    ['no token limit', { max_tokens: undefined }, /max_tokens: Field required/],
    ['no messages', { messages: [] }, /at least one message/],
    [
      'an empty text block',
      { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
      /must be non-empty/,
    ],
    [
      'a result without its call',
      { messages: [{ role: 'user', content: [result] }] },
      /unexpected `tool_use_id`/,
    ],
    ['a call without its result', { messages: [user, asked, user] }, /without `tool_result` blocks/],
    [
      'text before a result',
      { messages: [user, asked, { role: 'user', content: [{ type: 'text', text: 'x' }, result] }] },
      /must come before/,
    ],
    [
      'a foreign signature',
      {
        messages: [
          user,
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'x', signature: 'y' }] },
          user,
        ],
      },
      /Invalid `signature`/,
    ],
    [
      'a budget above the limit',
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      /must be greater than/,
    ],
    [
      'a schema without a type',
      { tools: [{ name: 'one', input_schema: {} }] },
      /input_schema.type: Field required/,
    ],
    [
      'a system message up front',
      { messages: [{ role: 'system', content: 'x' }, user] },
      /not allowed at this position/,
    ],
    ['too hot a temperature', { temperature: 1.5 }, /temperature/],
    [
      'an image part of Chat',
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      /Input tag 'image_url'/,
    ],
    ['other metadata', { metadata: { team: 'x' } }, /metadata.team: Extra inputs/],
  ])('%s', async (_name, change, message) => {
    expect(await send('/v1/messages', { ...base, ...change })).toMatchObject({
      status: 400,
      message: expect.stringMatching(message) as string,
    })
  })

  test('a missing or unknown version, and sampling under the new one', async () => {
    const { authorization } = HEADERS
    expect(await send('/v1/messages', base, { authorization })).toMatchObject({ status: 400 })
    expect(
      await send('/v1/messages', base, { authorization, 'anthropic-version': '2024-01-01' }),
    ).toMatchObject({ status: 400 })
    const sampled = { ...base, temperature: 1 }
    const refused = await send('/v1/messages', sampled, { authorization, 'anthropic-version': '2026-10-21' })
    expect(refused.message).toBe('temperature: Extra inputs are not permitted')
  })

  test('but not a system message in its place, nor a beta parameter with its header', async () => {
    const body = { ...base, messages: [user, { role: 'system', content: 'x' }], context_management: {} }
    const headers = { ...HEADERS, 'anthropic-beta': 'context-management-2025-06-27' }
    expect(await send('/v1/messages?beta=true', body, headers)).toMatchObject({ status: 200 })
  })
})

describe('gemini refuses', () => {
  const question = { role: 'user', parts: [{ text: 'Hello' }] }
  const call = {
    role: 'model',
    parts: [
      { functionCall: { name: 'one', args: {} }, thoughtSignature: 'skip_thought_signature_validator' },
    ],
  }
  const answer = { role: 'user', parts: [{ functionResponse: { name: 'one', response: {} } }] }
  const declare = (parameters: object) => [{ functionDeclarations: [{ name: 'one', parameters }] }]
  test.each<[string, object, RegExp]>([
    ['an unknown field', { messages: [] }, /Unknown name "messages"/],
    [
      'an unknown setting',
      { generationConfig: { max_tokens: 1 } },
      /Unknown name "max_tokens" at 'generation_config'/,
    ],
    [
      'an unknown field of a part',
      { contents: [{ parts: [{ text: 'x', type: 'text' }] }] },
      /Unknown name "type"/,
    ],
    [
      'an unknown schema keyword',
      { tools: declare({ type: 'object', additionalProperties: false }) },
      /Unknown name "additionalProperties"/,
    ],
    ['an unknown role', { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] }, /valid role/],
    ['a part without data', { contents: [{ parts: [{}] }] }, /required oneof field/],
    [
      'too few function responses',
      { contents: [question, call, question] },
      /number of function response parts/,
    ],
    [
      'a response without a name',
      { contents: [question, call, { parts: [{ functionResponse: { response: {} } }] }] },
      /Name cannot be empty/,
    ],
    [
      'a foreign signature',
      { contents: [question, { ...call, parts: [{ ...call.parts[0], thoughtSignature: 'AAAA' }] }, answer] },
      /thought signature/,
    ],
    [
      'level and budget at once',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 1 } } },
      /only set one/,
    ],
  ])('%s', async (_name, change, message) => {
    const sent = await send('/v1beta/models/gemini-3-pro:generateContent', {
      contents: [question],
      ...change,
    })
    expect(sent).toMatchObject({ status: 400, message: expect.stringMatching(message) as string })
  })

  test('but not snake case, nor the sentinel', async () => {
    const body = {
      contents: [question, call, answer],
      system_instruction: { parts: [{ text: 'x' }] },
      generation_config: { max_output_tokens: 9 },
    }
    expect(await send('/v1/models/gemini-3-pro:generateContent', body)).toMatchObject({ status: 200 })
  })
})
