import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import type { Call, Format, Question, Reply } from '../format.ts'
import { isCount, isFilled, isOptionalCount, objectAt, objectsAt, objectsOf } from '../json-read.ts'
import type { ReadEvent } from '../stream-grammars/findings.ts'

/** @see https://docs.anthropic.com/en/api/messages */
export const messages: Format = {
  id: 'anthropic-messages',
  name: 'messages',
  family: 'anthropic',
  path: () => '/messages',
  body,
  required: 'messages',
  limits: [{ max_tokens: 16 }],
  stopAt: (word) => ({ stop_sequences: [word] }),
  endings: {
    stop: ['end_turn'],
    stopSequence: ['stop_sequence'],
    length: ['max_tokens'],
    calls: ['tool_use'],
  },
  read,
  fold,
  shapeProblems,
  eventProblems,
  usageProblems,
  counts,
}

function body(model: string, question: Question): JsonObject {
  const { delivery, system, tools, choice, schema, more } = question
  return {
    model,
    max_tokens: 1024,
    messages: turnsOf(question),
    ...(system !== undefined && { system }),
    ...(delivery === 'streamed' && { stream: true }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: input_schema }) => ({
        name,
        description,
        input_schema,
      })),
    }),
    ...(choice && { tool_choice: { type: 'any' } }),
    ...(schema && { output_config: { format: { type: 'json_schema', schema } } }),
    ...more,
  }
}

function turnsOf({ prompt, image, previous }: Question): unknown[] {
  const source = { type: 'base64', media_type: 'image/png', data: image }
  const content =
    image === undefined
      ? prompt
      : [
          { type: 'image', source },
          { type: 'text', text: prompt },
        ]
  if (previous === undefined) return [{ role: 'user', content }]
  const results = previous.reply.calls.map(({ id }) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: previous.result,
  }))
  return [
    { role: 'user', content },
    { role: 'assistant', content: previous.reply.turn },
    { role: 'user', content: results },
  ]
}

function read(answer: JsonObject): Reply {
  const content = objectsAt(answer, 'content')
  return {
    id: answer.id,
    text: content.map(({ type, text }) => (type === 'text' ? textOf(text) : '')).join(''),
    calls: content.filter(({ type }) => type === 'tool_use').map(callOf),
    finish: answer.stop_reason,
    usage: isJsonObject(answer.usage) ? answer.usage : undefined,
    turn: content,
  }
}

function callOf({ id, name, input }: JsonObject): Call {
  return { id: isFilled(id) ? id : undefined, name: textOf(name), input }
}

function fold(events: readonly ReadEvent[]): Reply {
  const data = objectsOf(events)
  const head = objectAt(
    data.find(({ type }) => type === 'message_start'),
    'message',
  )
  const ends = data.filter(({ type }) => type === 'message_delta')
  const blocks = data.filter(({ type }) => type === 'content_block_start')
  const deltas = data.filter(({ type }) => type === 'content_block_delta')
  // the counts of the end correct those of the beginning, where they say anything
  const counted = [head, ...ends].flatMap((event) =>
    Object.entries(objectAt(event, 'usage')).filter(([, value]) => value !== null),
  )
  return {
    id: head.id,
    text: deltas.map(({ delta }) => textOf(objectAt(delta).text)).join(''),
    calls: blocks
      .filter((block) => objectAt(block, 'content_block').type === 'tool_use')
      .map((block) => ({
        ...callOf(objectAt(block, 'content_block')),
        input: deltas
          .filter(({ index }) => index === block.index)
          .map(({ delta }) => textOf(objectAt(delta).partial_json))
          .join(''),
      })),
    finish: objectAt(ends.at(-1), 'delta').stop_reason,
    usage: counted.length === 0 ? undefined : Object.fromEntries(counted),
    turn: undefined,
  }
}

function shapeProblems(answer: JsonObject): (string | undefined)[] {
  const { id, type, role, model, content } = answer
  return [
    unless(isFilled(id), `id is text, not ${shown(id)}`),
    unless(type === 'message', `type is "message", not ${shown(type)}`),
    unless(role === 'assistant', `role is "assistant", not ${shown(role)}`),
    unless(isFilled(model), `model is text, not ${shown(model)}`),
    unless('stop_sequence' in answer, 'stop_sequence is there, null where none was met'),
    unless(Array.isArray(content) && content.length > 0, 'content has a block'),
    ...objectsAt(answer, 'content').map((block, index) =>
      unless(
        isFilled(block.type) && (block.type !== 'text' || typeof block.text === 'string'),
        `content[${index}] has a type, and text where it is text`,
      ),
    ),
  ]
}

/** The SDK adds the counts of the end to those of the beginning, and fails where there are none. */
function eventProblems(events: readonly JsonObject[]): (string | undefined)[] {
  return events.flatMap((event) => {
    if (event.type === 'message_start') return beginningProblems(objectAt(event, 'message'))
    if (event.type !== 'message_delta') return []
    const { output_tokens: output } = objectAt(event, 'usage')
    return [unless(isCount(output), `usage.output_tokens in message_delta is a count, not ${shown(output)}`)]
  })
}

function beginningProblems(message: JsonObject): (string | undefined)[] {
  const { id, type, role, model } = message
  const { input_tokens: input } = objectAt(message, 'usage')
  return [
    unless(isFilled(id), `id in message_start is text, not ${shown(id)}`),
    unless(type === 'message', `type in message_start is "message", not ${shown(type)}`),
    unless(role === 'assistant', `role in message_start is "assistant", not ${shown(role)}`),
    unless(isFilled(model), `model in message_start is text, not ${shown(model)}`),
    unless(isCount(input), `usage.input_tokens in message_start is a count, not ${shown(input)}`),
  ]
}

function usageProblems(usage: JsonObject): (string | undefined)[] {
  const { input, output } = counts(usage)
  const cached = ['cache_read_input_tokens', 'cache_creation_input_tokens']
  return [
    unless(isCount(usage.input_tokens), `input_tokens is a count, not ${shown(usage.input_tokens)}`),
    unless(input > 0, `input and cache tokens are above zero, not ${input}`),
    unless(isCount(output), `output_tokens is a count, not ${shown(usage.output_tokens)}`),
    ...cached.map((name) =>
      unless(isOptionalCount(usage[name]), `${name} is a count or null, not ${shown(usage[name])}`),
    ),
  ]
}

function counts(usage: JsonObject): { input: number; output: number } {
  const read = Number(usage.cache_read_input_tokens ?? 0)
  const written = Number(usage.cache_creation_input_tokens ?? 0)
  return { input: Number(usage.input_tokens) + read + written, output: Number(usage.output_tokens) }
}
