import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Part, TextPart, ToolCallPart } from '../../ir/part.ts'
import type { Alternative, ChatResponse, Dropped } from '../../ir/response.ts'
import { openAiErrorIn } from '../openai-errors.ts'
import { decodeTokens } from '../openai-logprobs.ts'
import { present } from '../openai-parameters.ts'
import { decodeOpenAiUsage } from '../openai-usage.ts'
import { CITATIONS_OF_NOTHING, imagesOf, LOST_LOGPROBS, lostOf, wordsOf } from './answer-content.ts'
import { createCallIds } from './call-id.ts'
import { decodeAnnotations } from './decode-content.ts'
import { decodeFinish } from './finish.ts'
import { carrierFor, readReasoning } from './upstream-reasoning.ts'

/**
 * A whole chat completion as ours. Throws `upstream_malformed` for what is none, and the error that a body holds instead, which some
 * servers send with status 200.
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function decodeResponse(body: unknown): ChatResponse {
  if (!isJsonObject(body)) throw malformed('is not a JSON object')
  const error = openAiErrorIn(body)
  if (error !== undefined) throw error
  const dropped = new Set<Dropped>()
  const [first, ...others] = choicesIn(body.choices)
  if (first === undefined) throw malformed('has no choices')
  const key = answerKey(body)
  const answer = decodeChoice(first, key, dropped)
  const alternatives = others.map((choice, before) => decodeChoice(choice, `${key}\n${before + 1}`, dropped))
  const usage = decodeOpenAiUsage(body.usage)
  return {
    ...present('upstreamId', nonEmpty(body.id)),
    model: textOf(body.model),
    ...present('createdSeconds', secondsOf(body.created)),
    ...answer,
    ...(alternatives.length > 0 && { alternatives }),
    ...present('usage', usage),
    ...present('serviceTier', nonEmpty(body.service_tier)),
    dropped: [...dropped],
  }
}

function decodeChoice(choice: JsonObject, key: string, dropped: Set<Dropped>): Alternative {
  const { message, logprobs } = choice
  if (!isJsonObject(message)) throw malformed('has a choice without a message')
  for (const lost of lostOf(message)) dropped.add(lost)
  const parts = decodeMessage(message, isJsonObject(logprobs) ? logprobs : {}, key)
  if (isJsonObject(logprobs) && hasLooseTokens(logprobs, parts)) dropped.add(LOST_LOGPROBS)
  if (decodeAnnotations(message.annotations).length > 0 && !parts.some((part) => part.type === 'text'))
    dropped.add(CITATIONS_OF_NOTHING)
  const finish = decodeFinish({
    raw: typeof choice.finish_reason === 'string' ? choice.finish_reason : null,
    ...present('stopSequence', nonEmpty(choice.stop_reason)),
    hasCalls: parts.some((part) => part.type === 'tool-call'),
    hasRefusal: parts.some((part) => part.type === 'refusal'),
  })
  return { parts, finish }
}

/** True where tokens are listed that belong to no text. */
function hasLooseTokens({ content, refusal }: JsonObject, parts: readonly Part[]): boolean {
  const isListed = (tokens: unknown, type: Part['type']) =>
    decodeTokens(tokens) !== undefined && !parts.some((part) => part.type === type)
  return isListed(content, 'text') || isListed(refusal, 'refusal')
}

/** Whole seconds; some servers send fractions. */
export function secondsOf(time: unknown): number | undefined {
  return typeof time === 'number' && Number.isFinite(time) ? Math.floor(time) : undefined
}

/** What makes the ids of calls without one unique. */
export function answerKey({ id, created, model }: JsonObject): string {
  return `${textOf(id)}\n${typeof created === 'number' ? created : ''}\n${textOf(model)}`
}

export function toolInput(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Where Google's Chat endpoint signs a call. @see https://ai.google.dev/gemini-api/docs/openai */
export function signatureOf({ extra_content: extra }: JsonObject): Pick<ToolCallPart, 'carrier'> {
  if (!isJsonObject(extra) || !isJsonObject(extra.google)) return {}
  const { thought_signature: payload } = extra.google
  if (typeof payload !== 'string' || payload === '') return {}
  return { carrier: { origin: 'openai-chat', kind: 'thought-signature', payload } }
}

/** In the order of their indexes; servers that count only one of them leave its index out. */
function choicesIn(choices: unknown): JsonObject[] {
  const all = Array.isArray(choices) ? choices.filter(isJsonObject) : []
  return all.sort((a, b) => choiceIndex(a) - choiceIndex(b))
}

export function choiceIndex({ index }: JsonObject): number {
  return typeof index === 'number' && index > 0 ? index : 0
}

function decodeMessage(message: JsonObject, logprobs: JsonObject, key: string): Part[] {
  const parts: Part[] = []
  const { text: reasoning, field, details } = readReasoning(message)
  if (reasoning !== '' || details.length > 0)
    parts.push({ type: 'reasoning', text: reasoning, carrier: carrierFor(field, details) })
  parts.push(...decodeText(message, logprobs))
  const refusal = textOf(message.refusal)
  if (refusal !== '')
    parts.push({ type: 'refusal', text: refusal, ...present('logprobs', decodeTokens(logprobs.refusal)) })
  return [...parts, ...imagesOf(message), ...decodeCalls(message, key)]
}

function decodeText(message: JsonObject, logprobs: JsonObject): TextPart[] {
  const text = wordsOf(message)
  const citations = decodeAnnotations(message.annotations)
  if (text === '') return []
  const tokens = present('logprobs', decodeTokens(logprobs.content))
  return [{ type: 'text', text, ...(citations.length > 0 && { citations }), ...tokens }]
}

function decodeCalls({ tool_calls: calls, function_call: legacy }: JsonObject, key: string): ToolCallPart[] {
  const callIdOf = createCallIds()
  const list = Array.isArray(calls) ? calls.filter(isJsonObject) : []
  const all = list.length === 0 && isJsonObject(legacy) ? [{ function: legacy }] : list
  return all.map((call) => decodeCall(call, callIdOf(call.id, key)))
}

function decodeCall(call: JsonObject, callId: string): ToolCallPart {
  const kind = isJsonObject(call.custom) ? 'custom' : 'function'
  const declared = call[kind]
  const name = isJsonObject(declared) ? textOf(declared.name) : ''
  if (!isJsonObject(declared) || name === '') throw malformed('has a tool call without a name')
  if (kind === 'custom') return { type: 'tool-call', callId, name, input: toolInput(declared.input), kind }
  const input = toolInput(declared.arguments)
  return { type: 'tool-call', callId, name, input: input === '' ? '{}' : input, kind, ...signatureOf(call) }
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function malformed(problem: string): GatewayError {
  return new GatewayError('upstream_malformed', `The provider's answer ${problem}.`)
}
