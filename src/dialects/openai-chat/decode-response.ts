import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { ImagePart, Part, TextPart, ToolCallPart } from '../../ir/part.ts'
import type { ChatResponse, Dropped } from '../../ir/response.ts'
import { decodeOpenAiError } from '../openai-errors.ts'
import { present } from '../openai-parameters.ts'
import { decodeOpenAiUsage } from '../openai-usage.ts'
import { createCallIds } from './call-id.ts'
import { decodeAnnotations, decodeDataUrl } from './decode-content.ts'
import { decodeFinish } from './finish.ts'
import { carrierFor, readReasoning } from './upstream-reasoning.ts'

/**
 * A whole chat completion as ours. Throws `upstream_malformed` for what is none, and the error that a body holds instead, which some
 * servers send with status 200.
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function decodeResponse(body: unknown): ChatResponse {
  if (!isJsonObject(body)) throw malformed('is not a JSON object')
  const error = decodeOpenAiError(body.error)
  if (error !== undefined) throw error
  const { choice, dropped } = chooseChoice(body.choices)
  const { message } = choice
  if (!isJsonObject(message)) throw malformed('has a choice without a message')
  const parts = decodeMessage(message, answerKey(body))
  const usage = decodeOpenAiUsage(body.usage)
  return {
    ...present('upstreamId', nonEmpty(body.id)),
    model: textOf(body.model),
    ...(typeof body.created === 'number' && { createdSeconds: body.created }),
    parts,
    finish: decodeFinish({
      raw: typeof choice.finish_reason === 'string' ? choice.finish_reason : null,
      ...present('stopSequence', nonEmpty(choice.stop_reason)),
      hasCalls: parts.some((part) => part.type === 'tool-call'),
      hasRefusal: parts.some((part) => part.type === 'refusal'),
    }),
    ...present('usage', usage),
    ...present('serviceTier', nonEmpty(body.service_tier)),
    ...(isJsonObject(choice.logprobs) && { logprobs: choice.logprobs }),
    dropped,
  }
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

/** The first choice: nobody else was asked for. */
function chooseChoice(choices: unknown): { choice: JsonObject; dropped: readonly Dropped[] } {
  const all = Array.isArray(choices) ? choices.filter(isJsonObject) : []
  const choice = all.find(({ index }) => index === 0) ?? all[0]
  if (choice === undefined) throw malformed('has no choices')
  return { choice, dropped: all.length > 1 ? [OTHER_CHOICES] : [] }
}

export const OTHER_CHOICES: Dropped = {
  path: 'choices',
  action: 'dropped',
  reason: 'the upstream answered several times; the first answer is passed on',
}

function decodeMessage(message: JsonObject, key: string): Part[] {
  const parts: Part[] = []
  const { text: reasoning, field, details } = readReasoning(message)
  if (reasoning !== '' || details.length > 0)
    parts.push({ type: 'reasoning', text: reasoning, carrier: carrierFor(field, details) })
  parts.push(...decodeText(message))
  const refusal = textOf(message.refusal)
  if (refusal !== '') parts.push({ type: 'refusal', text: refusal })
  return [...parts, ...decodeImages(message.images), ...decodeCalls(message, key)]
}

function decodeText({ content, annotations }: JsonObject): TextPart[] {
  const text = typeof content === 'string' ? content : joinTexts(content)
  const citations = decodeAnnotations(annotations)
  if (text === '') return []
  return [{ type: 'text', text, ...(citations.length > 0 && { citations }) }]
}

/** Some servers answer in parts. */
function joinTexts(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content.map((part: unknown) => (isJsonObject(part) ? textOf(part.text) : textOf(part))).join('')
}

/** Not OpenAI's: how servers of image models put pictures beside the text. */
function decodeImages(images: unknown): ImagePart[] {
  if (!Array.isArray(images)) return []
  return images.flatMap((image: unknown) => {
    const wire = isJsonObject(image) && isJsonObject(image.image_url) ? textOf(image.image_url.url) : ''
    const source = decodeDataUrl(wire)
    return source === undefined ? [] : { type: 'image' as const, source }
  })
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
