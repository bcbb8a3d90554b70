import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, sse, startScriptedUpstream } from '../support/scripted-upstream.ts'

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const account = { api_key: 'sk-secret', base_url: upstream.url }
  gateway = await startGateway({
    keys: {
      vk_openai: { provider: 'openai', ...account },
      vk_anthropic: { provider: 'anthropic', ...account },
      vk_gemini: { provider: 'gemini', ...account },
    },
    flags: { 'quota.enabled': false },
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const CHAT = [
  ': a comment, and a line that only some parsers know',
  'retry: 3000',
  '',
  'id: 1',
  'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
  '',
  '',
  'event: ping',
  'data: {"type":"ping"}',
  '',
  'data: {"choices":[{"index":0,',
  'data:   "delta":{"content":"é😀 \\u00e9 \\ud800"},"x":1.0,"x":2}]}',
  '',
  'data:{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
  '',
  'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}',
  '',
  'data: [DONE]',
]
const ANTHROPIC = [
  'event: message_start',
  'data: {"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":1}, "z":1.0}}',
  '',
  'event: ping',
  'data: {"type": "ping"}',
  '',
  'event: content_block_start',
  'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
  '',
  'event: something_new',
  'data: {"type":"something_new","日本":"語"}',
  '',
  ': keep-alive',
  '',
  'event: message_stop',
  'data: {"type":"message_stop"}',
]
const GEMINI = [
  'data: {"candidates": [{"content": {"parts": [{"text": "é😀"}],"role": "model"}}]}',
  '',
  'data: {"candidates": [{"content": {"parts": [{"text": ""}]},"finishReason": "STOP"}],"usageMetadata": {}}',
]

const STREAMS = [
  ['openai-chat', 'vk_openai', CHAT],
  ['anthropic-messages', 'vk_anthropic', ANTHROPIC],
  ['gemini', 'vk_gemini', GEMINI],
] as const
const ENDINGS = ['\n', '\r\n', '\r'] as const

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place))
}

test.each(STREAMS)(
  'PAS-03 STR-29 %s streams pass byte for byte, wherever the network cuts them',
  async (dialect, key, lines) => {
    const streams = fc.record({
      lineEnd: fc.constantFrom(...ENDINGS),
      end: fc.constantFrom('', '\n', '\n\n'),
      mark: fc.constantFrom('', '\ufeff'),
      cuts: fc.array(fc.nat(600), { maxLength: 12 }),
    })
    const property = fc.asyncProperty(streams, async ({ lineEnd, end, mark, cuts }) => {
      const bytes = Buffer.from(mark + lines.join(lineEnd) + end.replaceAll('\n', lineEnd))
      upstream.answerWith(
        sse(
          cutAt(
            bytes,
            cuts.map((cut) => Math.min(cut, bytes.length)),
          ),
        ),
      )
      const body = dialect === 'openai-chat' ? { stream_options: { include_usage: true } } : {}
      const response = await ask(gateway.url, { dialect, model: 'm', mode: 'streamed', key, body })
      const received = Buffer.from(await response.arrayBuffer())
      expect(received.toString()).toBe(bytes.toString())
      expect(received.equals(bytes)).toBe(true)
    })
    await fc.assert(property, { numRuns: 40 })
  },
)
