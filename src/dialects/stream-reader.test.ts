import { describe, expect, test } from 'vitest'
import type { DialectId } from '../core/dialect-id.ts'
import type { EventMeaning } from './dialect.ts'
import { DIALECTS } from './index.ts'

const CASES: [DialectId, [data: string, EventMeaning][], isComplete: boolean][] = [
  [
    'openai-chat',
    [
      ['{"choices":[],"prompt_filter_results":[]}', 'preamble'],
      ['{"choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[]}}]}', 'preamble'],
      ['{"choices":[{"index":0,"delta":{"content":"x"}}]}', 'content'],
      ['{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}', 'content'],
      ['{"choices":[],"usage":{"prompt_tokens":1}}', 'usage'],
      ['[DONE]', 'end'],
    ],
    true,
  ],
  ['openai-chat', [['{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}', 'content']], true],
  ['openai-chat', [['{"choices":[{"index":0,"delta":{"reasoning_content":"x"}}]}', 'content']], false],
  [
    'openai-chat',
    [
      ['{"choices":[{"index":0,"delta":{"content":"x"}},{"index":1,"delta":{"content":"x"}}]}', 'content'],
      ['{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}', 'content'],
    ],
    false,
  ],
  ['openai-chat', [['{"error":"broken"}', 'error']], true],
  ['openai-chat', [['[DONE] ', 'end']], true],
  [
    'openai-completions',
    [
      ['{"choices":[{"index":0,"text":""}]}', 'preamble'],
      ['[DONE]', 'end'],
    ],
    true,
  ],
  [
    'openai-responses',
    [
      ['{"type":"response.created","response":{}}', 'preamble'],
      ['{"type":"response.output_item.added"}', 'content'],
      ['{"type":"response.completed","response":{"status":"completed"}}', 'end'],
    ],
    true,
  ],
  ['openai-responses', [['{"type":"response.incomplete","response":{}}', 'end']], true],
  ['openai-responses', [['{"type":"response.failed","response":{"error":{"message":"m"}}}', 'error']], true],
  ['openai-responses', [['{"type":"response.output_text.done"}', 'content']], false],
  [
    'anthropic-messages',
    [
      ['{"type":"message_start","message":{}}', 'preamble'],
      ['{"type":"ping"}', 'preamble'],
      ['{"type":"content_block_start","index":0}', 'content'],
      ['{"type":"message_delta","delta":{"stop_reason":"end_turn"}}', 'content'],
    ],
    false,
  ],
  ['anthropic-messages', [['{"type":"message_stop"}', 'end']], true],
  ['anthropic-messages', [['{"type":"error","error":{"type":"overloaded_error"}}', 'error']], true],
  ['gemini', [['{"candidates":[{"content":{}}]}', 'content']], false],
  ['gemini', [['{"candidates":[{"finishReason":"STOP"}]}', 'content']], true],
  ['gemini', [['{"usageMetadata":{}}', 'preamble']], false],
  ['gemini', [['{"promptFeedback":{"blockReason":"SAFETY"}}', 'content']], true],
]

test.each(CASES)('%s: %j may end here: %s', (dialect, events, isComplete) => {
  const reader = DIALECTS[dialect].createStreamReader({ keepsAnswer: false })
  for (const [data, meaning] of events) expect(reader.read(Buffer.from(`data: ${data}\n\n`))).toBe(meaning)
  expect(reader.isComplete).toBe(isComplete)
  expect(reader.answer()).toBeUndefined()
})

describe.each(Object.entries(DIALECTS))('%s', (_id, dialect) => {
  test.each(['{"a":', '[1]', '"x"', ''])('takes data %j for malformed', (data) => {
    const reader = dialect.createStreamReader({ keepsAnswer: true })
    expect(() => reader.read(Buffer.from(`data: ${data}\n\n`))).toThrow(
      expect.objectContaining({ code: 'upstream_malformed' }) as Error,
    )
  })

  test('has nothing to say about comments', () => {
    const reader = dialect.createStreamReader({ keepsAnswer: true })
    expect(reader.read(Buffer.from(': keep-alive\n\n'))).toBe('nothing')
    expect(reader.isComplete).toBe(false)
  })
})

test('usage, model and finish reason are read beside the stream', () => {
  const reader = DIALECTS['anthropic-messages'].createStreamReader({ keepsAnswer: false })
  const events = [
    '{"type":"message_start","message":{"model":"claude","usage":{"input_tokens":7,"output_tokens":1}}}',
    '{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":9}}',
  ]
  for (const data of events) reader.read(Buffer.from(`data: ${data}\n\n`))
  expect(reader.facts).toMatchObject({
    model: 'claude',
    finishReason: 'max_tokens',
    usage: { inputTokens: 7, outputTokens: 9 },
  })
})
