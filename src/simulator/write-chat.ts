import {
  type Answer,
  type Finish,
  joinPieces,
  type ToolCallPart,
  textOfParts,
  toolCallsOf,
} from './answer.ts'
import type { JsonObject } from './json.ts'
import { objectOf } from './json.ts'
import { behaviourOf, showsReasoningInChat } from './models.ts'
import { mintId, type Reply } from './reply.ts'
import type { WireEvent } from './wire-event.ts'

const FINISH = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'stop',
} as const satisfies Record<Finish, string>

/** A whole Chat Completions answer. @see https://platform.openai.com/docs/api-reference/chat/object */
export function writeChat(reply: Reply): JsonObject {
  const choices = reply.answers.map((answer, index) => ({
    index,
    message: writeMessage(reply, answer, index),
    logprobs: null,
    finish_reason: FINISH[answer.finish],
  }))
  return {
    id: mintId('chatcmpl-', reply.number),
    object: 'chat.completion',
    created: reply.createdSeconds,
    model: reply.model,
    choices,
    usage: writeUsage(reply),
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  }
}

/** Token counts as Chat and the legacy Completions state them. */
export function writeUsage({ usage }: Reply): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

/** The same answer as a list of chunks. @see https://platform.openai.com/docs/api-reference/chat/streaming */
export function chatEvents(reply: Reply): WireEvent[] {
  const writer = chunkWriter(reply)
  const choices = reply.answers.map((answer, index) => choiceDeltas(reply, answer, index))
  const heads = choices.map((choice, index) => writer.delta(index, choice.head, 'head'))
  const finishes = reply.answers.map((answer, index) => writer.finish(index, FINISH[answer.finish]))
  const usage = writer.isUsageWanted ? [writer.usage()] : []
  return [
    ...heads,
    ...interleave(choices, writer),
    ...finishes,
    ...usage,
    { data: '[DONE]', stage: 'terminal' },
  ]
}

interface ChoiceDeltas {
  readonly head: JsonObject
  readonly content: readonly JsonObject[]
}

function writeMessage(reply: Reply, answer: Answer, choice: number): JsonObject {
  const refusal = textOfParts(answer, 'refusal') ?? null
  const calls = toolCallsOf(answer).map((part, index) => {
    const id = callId(reply, choice, index)
    const payload = joinPieces(part)
    if (part.isFreeText) return { id, type: 'custom', custom: { name: part.name, input: payload } }
    return { id, type: 'function', function: { name: part.name, arguments: payload } }
  })
  const isBare = calls.length > 0 || refusal !== null
  return {
    role: 'assistant',
    content: textOfParts(answer, 'text') ?? (isBare ? null : ''),
    ...shownReasoning(reply, answer),
    refusal,
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function shownReasoning(reply: Reply, answer: Answer): JsonObject {
  const text = textOfParts(answer, 'reasoning')
  return text !== undefined && showsReasoningInChat(reply.model) ? { reasoning_content: text } : {}
}

function choiceDeltas(reply: Reply, answer: Answer, choice: number): ChoiceDeltas {
  const hasText = answer.parts.every((part) => part.type === 'text' || part.type === 'reasoning')
  const calls = toolCallsOf(answer)
  const deltas = answer.parts.map((part) => {
    if (part.type !== 'tool-call') return textDeltas(reply, part.type, part.pieces)
    const index = calls.indexOf(part)
    return callDeltas(part, index, callId(reply, choice, index))
  })
  const isInTurn = behaviourOf(reply.model) === 'interleaved'
  const content = isInTurn ? takeInTurn(deltas) : deltas.flat()
  return { head: { role: 'assistant', content: hasText ? '' : null, refusal: null }, content }
}

/** The first of each list, then the second of each, and so on. */
export function takeInTurn<Value>(lists: readonly (readonly Value[])[]): Value[] {
  const length = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length }, (_, position) =>
    lists.flatMap((list) => list.slice(position, position + 1)),
  ).flat()
}

function textDeltas(reply: Reply, type: keyof typeof TEXT_FIELD, pieces: readonly string[]): JsonObject[] {
  if (type === 'reasoning' && !showsReasoningInChat(reply.model)) return []
  return pieces.map((piece) => ({ [TEXT_FIELD[type]]: piece }))
}

function callDeltas(part: ToolCallPart, index: number, id: string): JsonObject[] {
  const { type, start, fragment } = part.isFreeText ? CUSTOM_DELTA : FUNCTION_DELTA
  const first = { index, id, type, [type]: start(part.name) }
  const rest = part.pieces.map((piece) => ({ index, [type]: fragment(piece) }))
  return [first, ...rest].map((call) => ({ tool_calls: [call] }))
}

const TEXT_FIELD = { text: 'content', refusal: 'refusal', reasoning: 'reasoning_content' } as const

const FUNCTION_DELTA = {
  type: 'function',
  start: (name: string) => ({ name, arguments: '' }),
  fragment: (piece: string): JsonObject => ({ arguments: piece }),
} as const

const CUSTOM_DELTA = {
  type: 'custom',
  start: (name: string) => ({ name, input: '' }),
  fragment: (piece: string): JsonObject => ({ input: piece }),
} as const

function callId(reply: Reply, choice: number, index: number): string {
  return mintId('call_', reply.number, choice * 100 + index)
}

function interleave(choices: readonly ChoiceDeltas[], writer: ChunkWriter): WireEvent[] {
  const events: WireEvent[] = []
  const length = Math.max(...choices.map((choice) => choice.content.length))
  for (let position = 0; position < length; position += 1) {
    for (const [index, { content }] of choices.entries()) {
      const delta = content[position]
      if (delta) events.push(writer.delta(index, delta, 'content'))
    }
  }
  return events
}

type ChunkWriter = ReturnType<typeof chunkWriter>

// the constant ends of a chunk are written once: this is the hot path of a streamed answer
function chunkWriter(reply: Reply) {
  const id = mintId('chatcmpl-', reply.number)
  const fixed = { id, object: 'chat.completion.chunk', created: reply.createdSeconds, model: reply.model }
  const start = `${JSON.stringify({ ...fixed, service_tier: 'default', system_fingerprint: 'fp_simulated' }).slice(0, -1)},"choices":`
  const isUsageWanted = objectOf(reply.body.stream_options).include_usage === true
  const end = isUsageWanted ? ',"usage":null}' : '}'
  return {
    isUsageWanted,
    delta: (index: number, delta: JsonObject, stage: WireEvent['stage']): WireEvent => ({
      data: `${start}[{"index":${index},"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":null}]${end}`,
      stage,
    }),
    finish: (index: number, reason: string): WireEvent => ({
      data: `${start}[{"index":${index},"delta":{},"logprobs":null,"finish_reason":"${reason}"}]${end}`,
      stage: 'finish',
    }),
    usage: (): WireEvent => ({
      data: `${start}[],"usage":${JSON.stringify(writeUsage(reply))}}`,
      stage: 'finish',
    }),
  }
}
