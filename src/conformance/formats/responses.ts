import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import type { Call, Format, Question, Reply } from '../format.ts'
import { isCount, isFilled, objectAt, objectsAt, objectsOf, valueAt } from '../json-read.ts'
import type { ReadEvent } from '../stream-grammars/findings.ts'

/** @see https://platform.openai.com/docs/api-reference/responses */
export const responses: Format = {
  id: 'openai-responses',
  name: 'responses',
  family: 'openai',
  path: () => '/responses',
  body,
  required: 'input',
  limits: [{ max_output_tokens: 16 }],
  endings: {
    stop: ['completed'],
    stopSequence: ['completed'],
    length: ['incomplete: max_output_tokens'],
    calls: ['completed'],
  },
  read,
  fold,
  shapeProblems,
  eventProblems,
  usageProblems,
  counts: ({ input_tokens, output_tokens }) => ({
    input: Number(input_tokens),
    output: Number(output_tokens),
  }),
}

function body(model: string, question: Question): JsonObject {
  const { delivery, system, tools, choice, schema, more } = question
  return {
    model,
    input: inputOf(question),
    ...(system !== undefined && { instructions: system }),
    ...(delivery === 'streamed' && { stream: true }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        name,
        description,
        parameters,
        strict: false,
      })),
    }),
    ...(choice && { tool_choice: 'required' }),
    ...(schema && { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema } } }),
    ...more,
  }
}

function inputOf({ prompt, image, previous }: Question): unknown {
  if (image !== undefined) {
    const picture = { type: 'input_image', image_url: `data:image/png;base64,${image}`, detail: 'auto' }
    return [{ role: 'user', content: [{ type: 'input_text', text: prompt }, picture] }]
  }
  if (previous === undefined) return prompt
  const output = Array.isArray(previous.reply.turn) ? (previous.reply.turn as unknown[]) : []
  const results = previous.reply.calls.map(({ id }) => ({
    type: 'function_call_output',
    call_id: id,
    output: previous.result,
  }))
  return [{ role: 'user', content: prompt }, ...output, ...results]
}

function read(answer: JsonObject): Reply {
  const output = objectsAt(answer, 'output')
  const reason = valueAt(answer, 'incomplete_details', 'reason')
  return {
    id: answer.id,
    text: output
      .flatMap((item) => objectsAt(item, 'content'))
      .map(({ type, text }) => (type === 'output_text' ? textOf(text) : ''))
      .join(''),
    calls: output.filter(({ type }) => type === 'function_call').map(callOf),
    finish: isFilled(reason) ? `${String(answer.status)}: ${reason}` : answer.status,
    usage: isJsonObject(answer.usage) ? answer.usage : undefined,
    turn: output,
  }
}

function callOf({ call_id, name, arguments: input }: JsonObject): Call {
  return { id: isFilled(call_id) ? call_id : undefined, name: textOf(name), input }
}

/** From the deltas, as a client that shows an answer while it grows; the end tells how it ended and what it cost. */
function fold(events: readonly ReadEvent[]): Reply {
  const data = objectsOf(events)
  const ofType = (type: string) => data.filter((event) => event.type === type)
  const items = ofType('response.output_item.done').map((event) => objectAt(event, 'item'))
  const terminal = data.findLast(({ type }) => /^response\.(completed|incomplete|failed)$/.test(textOf(type)))
  const whole = read(objectAt(terminal, 'response'))
  return {
    ...whole,
    text: ofType('response.output_text.delta')
      .map(({ delta }) => textOf(delta))
      .join(''),
    calls: items.filter(({ type }) => type === 'function_call').map(callOf),
    turn: items,
  }
}

function shapeProblems(answer: JsonObject): (string | undefined)[] {
  const { id, object, created_at, model, output, error, tools, parallel_tool_calls: isParallel } = answer
  return [
    unless(isFilled(id), `id is text, not ${shown(id)}`),
    unless(object === 'response', `object is "response", not ${shown(object)}`),
    unless(typeof created_at === 'number', `created_at is seconds, not ${shown(created_at)}`),
    unless(isFilled(model), `model is text, not ${shown(model)}`),
    unless(error === null, `error is null, not ${shown(error)}`),
    unless(answer.incomplete_details === null, 'incomplete_details is null'),
    unless(Array.isArray(tools), `tools is a list, not ${shown(tools)}`),
    unless('tool_choice' in answer, 'tool_choice is there'),
    unless(typeof isParallel === 'boolean', `parallel_tool_calls is a boolean, not ${shown(isParallel)}`),
    unless(Array.isArray(output) && output.length > 0, 'output has an item'),
    ...objectsAt(answer, 'output').flatMap(itemProblems),
  ]
}

function eventProblems(events: readonly JsonObject[]): (string | undefined)[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'response.created':
      case 'response.in_progress':
        return beginningProblems(event.type, objectAt(event, 'response'))
      case 'response.output_item.added':
        return addedProblems(objectAt(event, 'item'))
      case 'response.content_part.added': {
        const { type } = objectAt(event, 'part')
        return [unless(isFilled(type), `type of a part that begins is text, not ${shown(type)}`)]
      }
      default:
        return []
    }
  })
}

function beginningProblems(event: string, { id, object, model, output }: JsonObject): (string | undefined)[] {
  return [
    unless(isFilled(id), `response.id in ${event} is text, not ${shown(id)}`),
    unless(object === 'response', `response.object in ${event} is "response", not ${shown(object)}`),
    unless(isFilled(model), `response.model in ${event} is text, not ${shown(model)}`),
    unless(Array.isArray(output), `response.output in ${event} is a list, not ${shown(output)}`),
  ]
}

function addedProblems({ type, name, call_id }: JsonObject): (string | undefined)[] {
  if (type !== 'function_call')
    return [unless(isFilled(type), `type of an item that begins is text, not ${shown(type)}`)]
  return [
    unless(isFilled(name), `name of a call that begins is text, not ${shown(name)}`),
    unless(isFilled(call_id), `call_id of a call that begins is text, not ${shown(call_id)}`),
  ]
}

function itemProblems(item: JsonObject, index: number): (string | undefined)[] {
  const path = `output[${index}]`
  const id = unless(isFilled(item.id), `${path}.id is text, not ${shown(item.id)}`)
  if (item.type !== 'message') return [id]
  return [
    id,
    unless(item.role === 'assistant', `${path}.role is "assistant", not ${shown(item.role)}`),
    unless(item.status === 'completed', `${path}.status is "completed", not ${shown(item.status)}`),
    ...objectsAt(item, 'content').map((part, place) =>
      unless(
        part.type !== 'output_text' || (typeof part.text === 'string' && Array.isArray(part.annotations)),
        `${path}.content[${place}] has text and annotations`,
      ),
    ),
  ]
}

function usageProblems(usage: JsonObject): (string | undefined)[] {
  const { input_tokens: input, output_tokens: output, total_tokens: total } = usage
  const cached = objectAt(usage, 'input_tokens_details').cached_tokens
  const reasoning = objectAt(usage, 'output_tokens_details').reasoning_tokens
  return [
    unless(isCount(input) && input > 0, `input_tokens is a count above zero, not ${shown(input)}`),
    unless(isCount(output), `output_tokens is a count, not ${shown(output)}`),
    unless(
      total === Number(input) + Number(output),
      `total_tokens is input_tokens and output_tokens, not ${shown(total)}`,
    ),
    unless(
      isCount(cached) && cached <= Number(input),
      `input_tokens_details.cached_tokens is part of input_tokens, not ${shown(cached)}`,
    ),
    unless(
      isCount(reasoning) && reasoning <= Number(output),
      `output_tokens_details.reasoning_tokens is part of output_tokens, not ${shown(reasoning)}`,
    ),
  ]
}
