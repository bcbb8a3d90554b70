import { type Answer, type AnswerPart, type Finish, joinPieces, textOfParts } from './answer.ts'
import { type JsonObject, objectOf, parseJson } from './json.ts'
import { behaviourOf } from './models.ts'
import { mintId, type Reply, sealNumber } from './reply.ts'
import { sealText } from './signature.ts'
import type { WireEvent } from './wire-event.ts'

const STOP_REASON = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
} as const satisfies Record<Finish, string>

/** A call right behind a thought has an id that tells so: a request is checked for the thought by it. */
export const PONDERED_CALL_PREFIX = 'toolu_thought_'

/** A whole Anthropic message. @see https://docs.anthropic.com/en/api/messages */
export function writeAnthropic(reply: Reply): JsonObject {
  const [answer] = reply.answers
  return {
    ...messageHead(reply),
    content: writeContent(reply, answer),
    ...writeStop(answer),
    usage: writeUsage(reply),
  }
}

/** The same message as a list of events. @see https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function anthropicEvents(reply: Reply): WireEvent[] {
  const [answer] = reply.answers
  const usage = { ...writeUsage(reply), output_tokens: 1, output_tokens_details: null }
  const message = { ...messageHead(reply), content: [], ...NOT_STOPPED, usage }
  const {
    service_tier: _tier,
    inference_geo: _geo,
    cache_creation: _creation,
    speed: _speed,
    ...final
  } = writeUsage(reply)
  return [
    event('head', 'message_start', { message }),
    event('head', 'ping', {}),
    ...spokenParts(answer).flatMap((part, index) => blockEvents(reply, answer, part, index)),
    event('finish', 'message_delta', { delta: { ...writeStop(answer), container: null }, usage: final }),
    event('terminal', 'message_stop', {}),
  ]
}

const NOT_STOPPED = { stop_reason: null, stop_sequence: null, stop_details: null }

function messageHead(reply: Reply): JsonObject {
  const id = mintId('msg_', reply.number)
  return { id, type: 'message', role: 'assistant', model: reply.model, container: null, diagnostics: null }
}

// a refusal has no content of its own: its words are in stop_details
function spokenParts(answer: Answer): readonly AnswerPart[] {
  return answer.parts.filter((part) => part.type !== 'refusal')
}

function writeContent(reply: Reply, answer: Answer): JsonObject[] {
  return spokenParts(answer).map((part, index) => ({
    ...emptyBlock(reply, answer, index),
    ...blockContent(reply, part, index),
  }))
}

function emptyBlock(reply: Reply, answer: Answer, index: number): JsonObject {
  const parts = spokenParts(answer)
  const part = parts[index]
  if (part?.type === 'reasoning') return emptyThinking(reply, index)
  if (part?.type !== 'tool-call') return { type: 'text', text: '', citations: null }
  const prefix = parts[index - 1]?.type === 'reasoning' ? PONDERED_CALL_PREFIX : 'toolu_'
  const id = mintId(prefix, reply.number, index)
  return { type: 'tool_use', id, name: part.name, input: {}, caller: { type: 'direct' } }
}

function emptyThinking(reply: Reply, index: number): JsonObject {
  if (!isRedacted(reply)) return { type: 'thinking', thinking: '', signature: '' }
  const data = sealText('redacted-thinking', '', sealNumber(reply.number, index))
  return { type: 'redacted_thinking', data }
}

function isRedacted({ model }: Reply): boolean {
  return behaviourOf(model) === 'redacted'
}

function blockContent(reply: Reply, part: AnswerPart, index: number): JsonObject {
  if (part.type === 'tool-call') return { input: parseJson(joinPieces(part)) ?? {} }
  if (part.type !== 'reasoning') return { text: joinPieces(part) }
  if (isRedacted(reply)) return {}
  const thinking = shownThinking(reply, part).join('')
  return { thinking, signature: sealText('thinking', thinking, sealNumber(reply.number, index)) }
}

function shownThinking(reply: Reply, part: AnswerPart): readonly string[] {
  return objectOf(reply.body.thinking).display === 'omitted' ? [] : part.pieces
}

function blockEvents(reply: Reply, answer: Answer, part: AnswerPart, index: number): WireEvent[] {
  const content_block = emptyBlock(reply, answer, index)
  return [
    event('content', 'content_block_start', { index, content_block }),
    ...blockDeltas(reply, part, index).map((delta) =>
      event('content', 'content_block_delta', { index, delta }),
    ),
    event('content', 'content_block_stop', { index }),
  ]
}

function blockDeltas(reply: Reply, part: AnswerPart, index: number): JsonObject[] {
  switch (part.type) {
    case 'reasoning': {
      if (isRedacted(reply)) return []
      const shown = shownThinking(reply, part)
      const signature = sealText('thinking', shown.join(''), sealNumber(reply.number, index))
      const deltas = shown.map((thinking) => ({ type: 'thinking_delta', thinking }))
      return [...deltas, { type: 'signature_delta', signature }]
    }
    case 'tool-call':
      return ['', ...part.pieces].map((partial_json) => ({ type: 'input_json_delta', partial_json }))
    default:
      return part.pieces.map((text) => ({ type: 'text_delta', text }))
  }
}

function writeStop(answer: Answer): JsonObject {
  const stop_reason = STOP_REASON[answer.finish]
  const explanation = textOfParts(answer, 'refusal') ?? null
  const details = { type: 'refusal', category: 'general_harms', explanation }
  return {
    stop_reason,
    stop_sequence: answer.stopSequence ?? null,
    stop_details: stop_reason === 'refusal' ? details : null,
  }
}

// input_tokens leaves out what was read from the cache or written to it
function writeUsage({ usage }: Reply): JsonObject {
  const { cacheReadTokens, cacheWriteTokens, isLongLivedCache } = usage
  return {
    input_tokens: usage.inputTokens - cacheReadTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: isLongLivedCache ? 0 : cacheWriteTokens,
      ephemeral_1h_input_tokens: isLongLivedCache ? cacheWriteTokens : 0,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'not_available',
    speed: null,
  }
}

function event(stage: WireEvent['stage'], name: string, fields: JsonObject): WireEvent {
  return { name, data: JSON.stringify({ type: name, ...fields }), stage }
}
