import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { echoToolChoice, echoTools } from './encode-tools.ts'

export interface ResponseHead {
  readonly model: string
  readonly createdSeconds: number
}

/** What ids of one answer are made from: the same in all of its events. */
export function idToken({ requestId }: AnswerContext): string {
  return requestId.replace(/[^a-zA-Z0-9]/g, '').slice(0, 40)
}

/**
 * A response before it has any output. Every field that clients require is there; what the request said is said again.
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export function responseObject(context: AnswerContext, { model, createdSeconds }: ResponseHead): JsonObject {
  const { request } = context
  return {
    id: `resp_${idToken(context)}`,
    object: 'response',
    created_at: createdSeconds,
    status: 'in_progress',
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: instructionsOf(request),
    max_output_tokens: request.maxOutputTokens ?? null,
    max_tool_calls: extraOf(request, 'max_tool_calls'),
    model,
    output: [],
    parallel_tool_calls: request.allowsParallelCalls ?? true,
    previous_response_id: null,
    prompt_cache_key: request.caching?.key ?? null,
    reasoning: reasoningOf(request),
    safety_identifier: request.endUserId ?? null,
    service_tier: 'default',
    // nothing is kept, whatever was asked for
    store: false,
    temperature: request.sampling.temperature ?? 1,
    text: textOf(request),
    tool_choice: echoToolChoice(request),
    tools: echoTools(request),
    top_logprobs: request.sampling.logprobs ?? 0,
    top_p: request.sampling.topP ?? 1,
    truncation: 'disabled',
    presence_penalty: 0,
    frequency_penalty: 0,
    access_programs: null,
    usage: null,
    user: null,
    metadata: request.metadata ?? {},
  }
}

/** Instructions are the only system message without an authority; see `decodeRequest`. */
function instructionsOf({ messages }: ChatRequest): string | null {
  const [first] = messages
  if (first?.role !== 'system' || first.authority !== undefined) return null
  return first.parts.map((part) => part.text).join('\n\n')
}

function extraOf({ extras }: ChatRequest, path: string): unknown {
  return extras.find((extra) => extra.path === path)?.value ?? null
}

function reasoningOf({ reasoning }: ChatRequest): JsonObject {
  const summary = reasoning?.summary
  return {
    effort: reasoning?.effort ?? null,
    summary: summary === undefined || summary === 'none' ? null : summary,
  }
}

function textOf({ format, verbosity }: ChatRequest): JsonObject {
  return { format: formatOf(format), verbosity: verbosity ?? 'medium' }
}

function formatOf(format: ChatRequest['format']): JsonObject {
  if (format === undefined || format.type === 'text') return { type: 'text' }
  if (format.type === 'json') return { type: 'json_object' }
  const { name = 'response', description = null, schema, isStrict = false } = format
  return { type: 'json_schema', name, description, schema, strict: isStrict }
}

export function hasOutput(body: unknown): body is JsonObject & { readonly output: readonly unknown[] } {
  return isJsonObject(body) && Array.isArray(body.output)
}
