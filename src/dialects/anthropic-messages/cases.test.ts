import { expect, test } from 'vitest'
import { GatewayError } from '../../core/errors.ts'
import { NO_USAGE } from '../../ir/usage.ts'
import { converter } from './converter.ts'
import { encodeError } from './errors.ts'
import { decodeUsage } from './usage.ts'

test('USG-12 work beside the answer counts, too, and the steps of the answer are counted once', () => {
  const counts = (type: string, input_tokens: number, output_tokens: number) => ({
    type,
    input_tokens,
    output_tokens,
    cache_read_input_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_creation: null,
  })
  const iterations = [
    counts('compaction', 100, 20),
    counts('message', 10, 5),
    counts('fallback_message', 10, 5),
    counts('advisor_message', 7, 3),
  ]
  expect(decodeUsage({ input_tokens: 20, output_tokens: 10, iterations })).toEqual({
    ...NO_USAGE,
    inputTokens: 127,
    cacheReadTokens: 2,
    outputTokens: 33,
  })
  expect(decodeUsage({ input_tokens: 20, output_tokens: 10, iterations: null })).toEqual({
    ...NO_USAGE,
    inputTokens: 20,
    outputTokens: 10,
  })
})

test('CCH-08 a breakpoint on a short text goes out: whether it is worth caching is Anthropic’s to judge', () => {
  const request = converter.decodeRequest(
    {
      model: 'm',
      max_tokens: 9,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
      ],
    },
    { headers: {} },
  )
  expect(request.messages[0]?.parts).toEqual([{ type: 'text', text: 'x', cache: {} }])
})

test('ERR-15 a conversation that is too long says so in the words that agents look for', () => {
  const said = (message: string) =>
    encodeError(new GatewayError('context_length_exceeded', message), 'req_1').body
  expect(said('The maximum context length is 8 tokens.')).toMatchObject({
    error: {
      type: 'invalid_request_error',
      message: 'prompt is too long: The maximum context length is 8 tokens.',
    },
  })
  expect(said('prompt is too long: 9 tokens')).toMatchObject({
    error: { message: 'prompt is too long: 9 tokens' },
  })
})
