import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import type { Call, Format, Question, Reply } from '../format.ts'
import { isFilled, objectAt, objectsAt, objectsOf, valueAt } from '../json-read.ts'
import type { ReadEvent } from '../stream-grammars/findings.ts'
import { problemsOfChunks } from './openai-chunks.ts'
import { countsOf, problemsOfUsage } from './openai-usage.ts'

/** @see https://platform.openai.com/docs/api-reference/chat */
export const chat: Format = {
  id: 'openai-chat',
  name: 'chat',
  family: 'openai',
  path: () => '/chat/completions',
  body,
  required: 'messages',
  // the newer name first: reasoning models refuse the older one, small servers do not know the newer one
  limits: [{ max_completion_tokens: 16 }, { max_tokens: 16 }],
  stopAt: (word) => ({ stop: [word] }),
  endings: { stop: ['stop'], stopSequence: ['stop'], length: ['length'], calls: ['tool_calls'] },
  read,
  fold,
  shapeProblems,
  eventProblems: problemsOfChunks,
  usageProblems: problemsOfUsage,
  counts: countsOf,
}

function body(model: string, question: Question): JsonObject {
  const { delivery, tools, choice, schema, more } = question
  return {
    model,
    messages: messagesOf(question),
    ...(delivery === 'streamed' && { stream: true }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(choice && { tool_choice: 'required' }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    }),
    ...more,
  }
}

function messagesOf({ prompt, system, image, previous }: Question): unknown[] {
  const url = `data:image/png;base64,${image}`
  const content =
    image === undefined
      ? prompt
      : [
          { type: 'text', text: prompt },
          { type: 'image_url', image_url: { url } },
        ]
  const results = previous?.reply.calls.map(({ id }) => ({
    role: 'tool',
    tool_call_id: id,
    content: previous.result,
  }))
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content },
    ...(previous ? [previous.reply.turn, ...(results ?? [])] : []),
  ]
}

function read(answer: JsonObject): Reply {
  const choice = objectAt(answer, 'choices', 0)
  const message = objectAt(choice, 'message')
  return {
    id: answer.id,
    text: textOf(message.content),
    calls: objectsAt(message, 'tool_calls').map(callOf),
    finish: choice.finish_reason,
    usage: isJsonObject(answer.usage) ? answer.usage : undefined,
    turn: message,
  }
}

function callOf({ id, type, function: called }: JsonObject): Call {
  const { name, arguments: input } = objectAt(called)
  const problem = unless(type === 'function', `type of a call is "function", not ${shown(type)}`)
  return { id: isFilled(id) ? id : undefined, name: textOf(name), input, problem }
}

function fold(events: readonly ReadEvent[]): Reply {
  const chunks = objectsOf(events)
  const choices = chunks.flatMap((chunk) => objectsAt(chunk, 'choices'))
  const deltas = choices.map((choice) => objectAt(choice, 'delta'))
  const text = deltas.map(({ content }) => textOf(content)).join('')
  const calls = foldCalls(deltas.flatMap((delta) => objectsAt(delta, 'tool_calls')))
  return {
    id: chunks[0]?.id,
    text,
    calls,
    finish: choices.findLast(({ finish_reason }) => isFilled(finish_reason))?.finish_reason,
    usage: chunks.map(({ usage }) => usage).findLast(isJsonObject),
    turn: undefined,
  }
}

function foldCalls(pieces: readonly JsonObject[]): Call[] {
  const indices = [...new Set(pieces.map(({ index }) => index))]
  return indices.map((wanted) => {
    const own = pieces.filter(({ index }) => index === wanted)
    const input = own.map((piece) => textOf(valueAt(piece, 'function', 'arguments'))).join('')
    return { ...callOf(own[0] ?? {}), input }
  })
}

function shapeProblems(answer: JsonObject): (string | undefined)[] {
  const { id, object, created, model, choices } = answer
  const choice = objectAt(answer, 'choices', 0)
  const message = objectAt(choice, 'message')
  return [
    unless(isFilled(id), `id is text, not ${shown(id)}`),
    unless(object === 'chat.completion', `object is "chat.completion", not ${shown(object)}`),
    unless(Number.isInteger(created), `created is whole seconds, not ${shown(created)}`),
    unless(isFilled(model), `model is text, not ${shown(model)}`),
    unless(Array.isArray(choices) && choices.length === 1, 'choices has one choice'),
    unless(choice.index === 0, `the choice has index 0, not ${shown(choice.index)}`),
    unless(message.role === 'assistant', `role is "assistant", not ${shown(message.role)}`),
    unless(typeof message.content === 'string', `content is text, not ${shown(message.content)}`),
  ]
}
