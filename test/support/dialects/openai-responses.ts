import { readFileSync } from 'node:fs'
import type { JsonObject } from '../../../src/core/json.ts'
import { decodeRequest } from '../../../src/dialects/openai-responses/decode-request.ts'
import { encodeRequest } from '../../../src/dialects/openai-responses/encode-request.ts'
import { createStreamDecoder } from '../../../src/dialects/openai-responses/stream-decoder.ts'
import { createStreamEncoder } from '../../../src/dialects/openai-responses/stream-encoder.ts'
import type { ModelCapabilities } from '../../../src/ir/capabilities.ts'
import type { AnswerContext, EncodedRequest } from '../../../src/ir/conversion.ts'
import type { ChatRequest } from '../../../src/ir/request.ts'
import type { StreamEvent } from '../../../src/ir/stream-event.ts'
import { readSseEvent, type SseEvent } from '../../../src/wire/sse-event.ts'
import { placed } from '../placed.ts'

/** What a newest reasoning model takes. */
export const CAPABILITIES: ModelCapabilities = {
  sampling: 'without-reasoning',
  penalties: false,
  thinking: { style: 'effort', least: 'disabled', efforts: ['low', 'medium', 'high', 'xhigh', 'max'] },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: false,
  midSystem: true,
  chatToolsWithReasoning: false,
  completionTokens: true,
  stopSequences: false,
  cacheBreakpoints: true,
  requiresSignatures: false,
}

/** A request of a Chat client, which says hello. */
export function chatRequest(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    source: 'openai-chat',
    model: 'alias',
    isStreaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: true,
    extras: [],
    ...changes,
  }
}

export function encode(
  changes: Partial<ChatRequest>,
  capabilities: Partial<ModelCapabilities> = {},
): EncodedRequest {
  const target = { model: 'gpt-6', capabilities: { ...CAPABILITIES, ...capabilities } }
  return encodeRequest(placed(chatRequest(changes)), target)
}

/** The request of a Responses client. */
export function decode(changes: JsonObject): ChatRequest {
  return decodeRequest({ model: 'alias', input: 'Hello', ...changes }, { headers: {} })
}

export function answerContext(request: ChatRequest = decode({})): AnswerContext {
  return { request, requestId: 'a1b2-c3', nowSeconds: 1_800_000_000 }
}

/** The parsed data of the events that the encoder makes of these. */
export function encodeAll(events: readonly StreamEvent[], context = answerContext()): JsonObject[] {
  const encoder = createStreamEncoder(context)
  return events.flatMap((event) => encoder(event)).map(({ data }) => JSON.parse(data) as JsonObject)
}

export function decodeAll(events: readonly SseEvent[]): StreamEvent[] {
  const decoder = createStreamDecoder()
  return events.flatMap((event) => decoder(event))
}

/** Events as an upstream would send them, each with its place in the stream. */
export function upstreamEvents(events: readonly JsonObject[]): SseEvent[] {
  return events.map((event, sequence_number) => ({
    event: typeof event.type === 'string' ? event.type : 'message',
    data: JSON.stringify({ sequence_number, ...event }),
  }))
}

export function readSse(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .flatMap((block) => (block.trim() === '' ? [] : (readSseEvent(Buffer.from(`${block}\n\n`)) ?? [])))
}

export function fixture(name: string): string {
  return readFileSync(
    new URL(`../../../src/dialects/openai-responses/fixtures/${name}`, import.meta.url),
    'utf8',
  )
}
