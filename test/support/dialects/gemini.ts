import { readFileSync } from 'node:fs'
import { createStreamDecoder } from '../../../src/dialects/gemini/stream-decoder.ts'
import type { ModelCapabilities } from '../../../src/ir/capabilities.ts'
import type { AnswerContext, EncodeTarget } from '../../../src/ir/conversion.ts'
import type { ChatRequest } from '../../../src/ir/request.ts'
import type { StreamEvent } from '../../../src/ir/stream-event.ts'
import { readSseEvent, type SseEvent } from '../../../src/wire/sse-event.ts'

// What the tests of this folder build upon.

const CAPABILITIES: ModelCapabilities = {
  sampling: 'yes',
  penalties: true,
  thinking: { style: 'level', least: 'lowest', efforts: ['low', 'medium', 'high'] },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: true,
  midSystem: false,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: false,
  requiresSignatures: true,
  toolResultMedia: true,
  maxOutputTokens: 65_536,
}

/** A model of the third generation, which wants its signatures back. */
export const GEMINI_3: EncodeTarget = { model: 'gemini-3-pro', capabilities: CAPABILITIES }

/** A model of the generation before. */
export const GEMINI_2_5: EncodeTarget = {
  model: 'gemini-2.5-flash',
  capabilities: {
    ...CAPABILITIES,
    penalties: false,
    thinking: { style: 'budget', least: 'disabled', efforts: [] },
    schemaWithTools: false,
    requiresSignatures: false,
    toolResultMedia: false,
  },
}

export function withCapabilities(changes: Partial<ModelCapabilities>): EncodeTarget {
  return { model: 'other', capabilities: { ...CAPABILITIES, ...changes } }
}

export function chatRequest(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    source: 'openai-chat',
    model: 'm',
    isStreaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: true,
    extras: [],
    ...changes,
  }
}

export function answerContext(request: Partial<ChatRequest> = {}): AnswerContext {
  return {
    request: chatRequest({ source: 'gemini', ...request }),
    requestId: 'req-1',
    nowSeconds: 1_800_000_000,
  }
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../../../src/dialects/gemini/fixtures/${name}`, import.meta.url), 'utf8')
}

export function eventsOf(sse: string): SseEvent[] {
  return sse.split(/\r?\n\r?\n/).flatMap((block) => readSseEvent(Buffer.from(`${block}\n\n`)) ?? [])
}

/** The events of a whole stream, its end included. */
export function decodeStream(sse: string): StreamEvent[] {
  const decode = createStreamDecoder()
  return [...eventsOf(sse), { data: '[DONE]' }].flatMap(decode)
}

/** The chunks of a stream, each of one candidate. */
export function sseOf(...chunks: object[]): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
}

export function chunkOf(parts: object[], more: object = {}): object {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    modelVersion: 'm',
    responseId: 'r-1',
  }
}
