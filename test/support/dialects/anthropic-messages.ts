import type { JsonObject } from '../../../src/core/json.ts'
import { decodeRequest } from '../../../src/dialects/anthropic-messages/decode-request.ts'
import { encodeRequest } from '../../../src/dialects/anthropic-messages/encode-request.ts'
import type { ModelCapabilities } from '../../../src/ir/capabilities.ts'
import type { AnswerContext, EncodedRequest } from '../../../src/ir/conversion.ts'
import type { ChatRequest, Message } from '../../../src/ir/request.ts'
import { placed } from '../placed.ts'

// What the tests of this folder have in common: the least request, the usual models, and short ways in and out.

/** A Claude of the newest kind that refuses as little as any. */
export const MODERN: ModelCapabilities = {
  sampling: 'no',
  penalties: false,
  thinking: { style: 'adaptive', least: 'disabled', efforts: ['low', 'medium', 'high', 'xhigh', 'max'] },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: false,
  midSystem: true,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: true,
  requiresSignatures: false,
  maxOutputTokens: 128_000,
}

/** Claude 4.5: budgets, sampling, prefill. */
export const OLD: ModelCapabilities = {
  ...MODERN,
  sampling: 'without-reasoning',
  samplesOneWay: true,
  thinking: { style: 'budget', least: 'disabled', efforts: [] },
  forcedTools: 'without-thinking',
  prefill: true,
  midSystem: false,
  maxOutputTokens: 64_000,
}

export const HELLO: Message = { role: 'user', parts: [{ type: 'text', text: 'Hello' }] }

/** A request as Chat would have it; what is not given says nothing. */
export function chatRequest(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    source: 'openai-chat',
    model: 'alias',
    isStreaming: false,
    messages: [HELLO],
    tools: [],
    maxOutputTokens: 1000,
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
    ...changes,
  }
}

export function encode(
  changes: Partial<ChatRequest> = {},
  capabilities: ModelCapabilities = MODERN,
): EncodedRequest {
  return encodeRequest(placed(chatRequest(changes)), { model: 'claude', capabilities })
}

export function decode(body: JsonObject = {}, headers: Record<string, string> = {}): ChatRequest {
  const base = { model: 'claude', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }
  return decodeRequest({ ...base, ...body }, { headers })
}

export function answerContext(changes: Partial<ChatRequest> = {}): AnswerContext {
  return { request: chatRequest(changes), requestId: 'r1', nowSeconds: 0 }
}

/** The code of what it throws, and the path where there is one. */
export function refusalOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    const { code, path } = error as { code: string; path?: string }
    return path === undefined ? code : `${code} ${path}`
  }
  return 'nothing was thrown'
}
