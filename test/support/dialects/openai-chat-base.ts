import { readFileSync } from 'node:fs'
import type { JsonObject } from '../../../src/core/json.ts'
import { converter } from '../../../src/dialects/openai-chat/converter.ts'
import type { ModelCapabilities } from '../../../src/ir/capabilities.ts'
import type { AnswerContext, EncodedRequest } from '../../../src/ir/conversion.ts'
import type { ChatRequest } from '../../../src/ir/request.ts'
import type { StreamEvent } from '../../../src/ir/stream-event.ts'
import { readSseEvent, type SseEvent } from '../../../src/wire/sse-event.ts'
import { placed } from '../placed.ts'

/** What any Chat server takes. */
export const PLAIN: ModelCapabilities = {
  sampling: 'yes',
  penalties: true,
  thinking: {
    style: 'effort',
    least: 'disabled',
    efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: true,
  midSystem: true,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: false,
  requiresSignatures: false,
}

/** What OpenAI's current models take. */
export const OPENAI: ModelCapabilities = {
  ...PLAIN,
  completionTokens: true,
  customTools: true,
  cacheBreakpoints: true,
}

export const BASE: ChatRequest = {
  source: 'anthropic-messages',
  model: 'asked',
  isStreaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  stopSequences: [],
  sampling: {},
  wantsStreamUsage: false,
  extras: [],
}

export function decode(body: object): ChatRequest {
  const whole = { model: 'asked', messages: [{ role: 'user', content: 'Hi' }], ...body }
  return converter.decodeRequest(whole, { headers: {} })
}

export function encode(
  request: Partial<ChatRequest>,
  capabilities: ModelCapabilities = OPENAI,
): EncodedRequest {
  return converter.encodeRequest(placed({ ...BASE, ...request }), { model: 'served', capabilities })
}

export function messagesOf({ body }: EncodedRequest): readonly JsonObject[] {
  return body.messages as readonly JsonObject[]
}

export function contextFor(request: Partial<ChatRequest> = {}): AnswerContext {
  const asked = { ...BASE, source: 'openai-chat', ...request } as const
  return { request: asked, requestId: 'req_0123', nowSeconds: 1_800_000_000 }
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../../../src/dialects/openai-chat/fixtures/${name}`, import.meta.url), 'utf8')
}

/** The events of a recorded stream. */
export function eventsOf(text: string): SseEvent[] {
  return text.split('\n\n').flatMap((block) => readSseEvent(Buffer.from(block)) ?? [])
}

export function decodeStream(events: readonly SseEvent[]): StreamEvent[] {
  const decoder = converter.createStreamDecoder()
  return events.flatMap((event) => decoder(event))
}

/** A stream of deltas, as a server would send them, with a finish reason and [DONE]. */
export function decodeDeltas(deltas: readonly object[], finish_reason = 'stop'): StreamEvent[] {
  const chunks = [
    ...deltas.map((delta) => ({ index: 0, delta, finish_reason: null })),
    { index: 0, delta: {}, finish_reason },
  ].map((choice) => ({ id: 'chatcmpl-1', created: 5, model: 'served', choices: [choice] }))
  const events = chunks.map((chunk) => ({ data: JSON.stringify(chunk) }))
  return decodeStream([...events, { data: '[DONE]' }])
}

export function encodeStream(events: readonly StreamEvent[], context: AnswerContext): SseEvent[] {
  const encoder = converter.createStreamEncoder(context)
  return events.flatMap((event) => encoder(event))
}

export function chunksOf(events: readonly SseEvent[]): JsonObject[] {
  return events.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data) as JsonObject)
}
