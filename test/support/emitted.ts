import { checkStreamGrammar } from '../../src/conformance/stream-grammar.ts'
import type { Expectation } from '../../src/conformance/stream-grammars/findings.ts'
import type { DialectId } from '../../src/core/dialect-id.ts'
import { GatewayError } from '../../src/core/errors.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/ir/conversion.ts'
import type { ChatRequest } from '../../src/ir/request.ts'
import type { StreamEvent } from '../../src/ir/stream-event.ts'
import type { SseEvent } from '../../src/wire/sse-event.ts'
import { foldBySdk } from './sdk-folds.ts'
import { validateEmitted } from './sdk-schemas/validate.ts'

/** The context of an answer to this request. */
export function answerTo(request: ChatRequest): AnswerContext {
  return { request, requestId: 'req_0123-ab', nowSeconds: 1_800_000_000 }
}

/** The least request of a client, which asks for nothing in particular. */
export function plainRequest(source: DialectId, changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    source,
    model: 'asked',
    isStreaming: true,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: true,
    extras: [],
    ...changes,
  }
}

export interface EncodedStream {
  readonly events: readonly SseEvent[]
  /** How it ended for the client: an encoder may find that what came is not an answer, and then says so. */
  readonly ending: 'complete' | 'error'
}

/** A stream for a client as the gateway would send it: what the encoder throws becomes the in-band error. */
export function encodeStream(
  format: DialectId,
  stream: readonly StreamEvent[],
  context: AnswerContext,
): EncodedStream {
  const encode = DIALECTS[format].client.createStreamEncoder(context)
  const events: SseEvent[] = []
  for (const event of stream) {
    try {
      events.push(...encode(event))
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown
      events.push(...encode({ type: 'error', error: thrown }))
      return { events, ending: 'error' }
    }
  }
  const hasFailed = stream.at(-1)?.type === 'error' || events.at(-1)?.event === 'response.failed'
  return { events, ending: hasFailed ? 'error' : 'complete' }
}

/** What is wrong with a stream: the shape of each of its events, and their order. */
export function problemsOfStream(
  format: DialectId,
  events: readonly SseEvent[],
  expected: Expectation,
): string[] {
  const shapes = events.flatMap(({ data }, index) => {
    if (data === '[DONE]') return []
    const json: unknown = JSON.parse(data)
    const problems = validateEmitted(format, isError(format, json) ? 'error' : 'event', json)
    return problems.map((problem) => `#${index} ${problem}`)
  })
  return [...shapes, ...checkStreamGrammar(format, events, expected)]
}

/** What is wrong with the whole answer that an official SDK's helper makes of a complete stream. */
export async function problemsOfFold(format: DialectId, events: readonly SseEvent[]): Promise<string[]> {
  const folded = await foldBySdk(format, events)
  return folded === undefined ? [] : validateEmitted(format, 'whole', folded)
}

/** In-band errors have the shape of errors, but for Responses, which has events for them. */
function isError(format: DialectId, event: unknown): boolean {
  if (!isJsonObject(event) || format === 'openai-responses') return false
  return format === 'anthropic-messages' ? event.type === 'error' : 'error' in event
}
