import { describe, expect, test } from 'vitest'
import { DIALECT_IDS, type DialectId } from '../core/dialect-id.ts'
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
  [
    'openai-completions',
    [
      ['{"choices":[{"index":0,"text":""}]}', 'preamble'],
      ['{"choices":[{"index":0,"text":"","finish_reason":""}]}', 'preamble'],
      ['{"choices":[{"index":0,"text":"","finish_reason":"stop"}]}', 'content'],
      ['[DONE] ', 'end'],
    ],
    true,
  ],
  [
    'openai-chat',
    [['{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":""}]}', 'content']],
    false,
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
    'openai-responses',
    [
      ['{"type":"keepalive","sequence_number":1}', 'preamble'],
      ['', 'nothing'],
    ],
    false,
  ],
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
  test.each(['{"a":', '[1]', '"x"'])('takes data %j for malformed', (data) => {
    const reader = dialect.createStreamReader({ keepsAnswer: true })
    expect(() => reader.read(Buffer.from(`data: ${data}\n\n`))).toThrow(
      expect.objectContaining({ code: 'upstream_malformed' }) as Error,
    )
  })

  test.each([': keep-alive\n\n', 'data:\n\n', 'data: \r\n\r\n', 'event: ping\n\n'])(
    'STR-12 PAS-03 has nothing to say about %j',
    (block) => {
      const reader = dialect.createStreamReader({ keepsAnswer: true })
      expect(reader.read(Buffer.from(block))).toBe('nothing')
      expect(reader.isComplete).toBe(false)
    },
  )

  test('STR-13 STR-14 does not take [DONE] for the end of an answer that has not ended', () => {
    const reader = dialect.createStreamReader({ keepsAnswer: false })
    reader.read(
      Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"x"},"text":"x"}],"type":"x"}\n\n'),
    )
    expect(() => reader.read(Buffer.from('data: [DONE]\n\n'))).toThrow(
      expect.objectContaining({ code: 'upstream_cut' }) as Error,
    )
    expect(reader.isComplete).toBe(false)
  })
})

const LAST = {
  'openai-chat': '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
  'openai-completions': '{"choices":[{"index":0,"text":"","finish_reason":"stop"}]}',
  'openai-responses': '{"type":"response.completed","response":{}}',
  'anthropic-messages': '{"type":"message_stop"}',
  gemini: '{"candidates":[{"finishReason":"STOP"}]}',
} satisfies Record<DialectId, string>

test.each(DIALECT_IDS)(
  'STR-13 %s: [DONE] behind the end, and anything behind that, changes nothing',
  (id) => {
    const reader = DIALECTS[id].createStreamReader({ keepsAnswer: false })
    reader.read(Buffer.from(`data: ${LAST[id]}\n\n`))
    expect(['end', 'nothing']).toContain(reader.read(Buffer.from('data: [DONE]\n\n')))
    expect(reader.read(Buffer.from('data: half of {\n\n'))).toBe('nothing')
    expect(reader.isComplete).toBe(true)
  },
)

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

test('USG-01 SRV-06 CCH-09 a response that passes is counted like one that is converted', () => {
  const response = {
    status: 'completed',
    output: [],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cache_write_tokens: 8, cache_write_tokens_details: { ttl_12h_tokens: 6 } },
      output_tokens: 1,
    },
    tool_usage: { web_search: { num_requests: 2 } },
  }
  const counted = { inputTokens: 2, cacheWriteTokens: 2, cacheWriteLongTokens: 6, hostedToolCalls: 2 }
  const dialect = DIALECTS['openai-responses']
  const reader = dialect.createStreamReader({ keepsAnswer: false })
  reader.read(Buffer.from(`data: ${JSON.stringify({ type: 'response.completed', response })}\n\n`))
  expect(reader.facts.usage).toMatchObject(counted)
  expect(dialect.readAnswer(response).usage).toMatchObject(counted)
})

test('RSP-18 the model that steps in within a stream is the one that served', () => {
  const reader = DIALECTS['anthropic-messages'].createStreamReader({ keepsAnswer: false })
  const block = { type: 'fallback', from: { model: 'asked' }, to: { model: 'served' } }
  const events = [
    { type: 'message_start', message: { model: 'asked', usage: { input_tokens: 7, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: block },
  ]
  for (const event of events) reader.read(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
  expect(reader.facts.model).toBe('served')
})
