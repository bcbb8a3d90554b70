import { joinPieces } from './answer.ts'
import { type JsonObject, listOf, objectOf } from './json.ts'
import { behaviourOf } from './models.ts'
import type { Problem } from './problem.ts'
import { mintId, type Reply } from './reply.ts'
import { contentPart, type OutputItem, outputItems, summaryPieces } from './responses-items.ts'
import type { WireEvent } from './wire-event.ts'
import { takeInTurn } from './write-chat.ts'

/** A whole Response. @see https://platform.openai.com/docs/api-reference/responses/object */
export function writeResponses(reply: Reply): JsonObject {
  const [answer] = reply.answers
  const items = outputItems(reply, answer).map((item) => item.done)
  const reason = { length: 'max_output_tokens', 'content-filter': 'content_filter' }[answer.finish as string]
  const incomplete_details = reason === undefined ? null : { reason }
  const status = reason === undefined ? 'completed' : 'incomplete'
  const completed_at = reason === undefined ? reply.createdSeconds : null
  return {
    ...responseHead(reply),
    status,
    completed_at,
    incomplete_details,
    output: items,
    usage: writeUsage(reply),
  }
}

/** A Response that failed, with nothing said. */
export function failedResponse(reply: Reply, problem: Problem): JsonObject {
  const code = problem.kind === 'rate-limit' ? 'rate_limit_exceeded' : 'server_error'
  return { ...responseHead(reply), status: 'failed', error: { code, message: problem.message } }
}

/** The same Response as a list of events. @see https://platform.openai.com/docs/api-reference/responses-streaming */
export function responsesEvents(reply: Reply): WireEvent[] {
  const [answer] = reply.answers
  const writer = eventWriter()
  const started = { ...responseHead(reply), status: 'in_progress' }
  writer.add('head', 'response.created', { response: started })
  writer.add('head', 'response.in_progress', { response: started })
  const items = outputItems(reply, answer).map((item, index) => itemEvents(reply, item, index))
  const isInTurn = behaviourOf(reply.model) === 'interleaved'
  for (const { type, fields } of isInTurn ? inTurn(items) : items.flat()) writer.add('content', type, fields)
  const response = writeResponses(reply)
  writer.add('terminal', response.status === 'completed' ? 'response.completed' : 'response.incomplete', {
    response,
  })
  return writer.events
}

function eventWriter() {
  const events: WireEvent[] = []
  const add = (stage: WireEvent['stage'], type: string, fields: JsonObject): void => {
    events.push({
      name: type,
      data: JSON.stringify({ type, sequence_number: events.length, ...fields }),
      stage,
    })
  }
  return { events, add }
}

/** An event that has no number yet. */
interface Draft {
  readonly type: string
  readonly fields: JsonObject
}

// what stands between an item's first and last event comes in turn with that of the other items
function inTurn(items: readonly (readonly Draft[])[]): Draft[] {
  return [
    ...items.flatMap((drafts) => drafts.slice(0, 1)),
    ...takeInTurn(items.map((drafts) => drafts.slice(1, -1))),
    ...items.flatMap((drafts) => drafts.slice(-1)),
  ]
}

function itemEvents(reply: Reply, item: OutputItem, output_index: number): Draft[] {
  const place = { item_id: item.id, output_index }
  return [
    { type: 'response.output_item.added', fields: { output_index, item: item.added } },
    ...innerEvents(reply, item, place),
    { type: 'response.output_item.done', fields: { output_index, item: item.done } },
  ]
}

function innerEvents(reply: Reply, item: OutputItem, place: JsonObject): Draft[] {
  if (item.part.type === 'reasoning') return summaryEvents(place, summaryPieces(reply, item.part))
  return item.part.type === 'tool-call' ? argumentEvents(place, item) : messageEvents(place, item)
}

function messageEvents(itemPlace: JsonObject, { part }: OutputItem): Draft[] {
  const place = { ...itemPlace, content_index: 0 }
  const isRefusal = part.type === 'refusal'
  const name = isRefusal ? 'response.refusal' : 'response.output_text'
  const logprobs = isRefusal ? {} : { logprobs: [] }
  const text = joinPieces(part)
  const whole = isRefusal ? { refusal: text } : { text }
  return [
    { type: 'response.content_part.added', fields: { ...place, part: contentPart(part, '') } },
    ...part.pieces.map((delta) => ({ type: `${name}.delta`, fields: { ...place, delta, ...logprobs } })),
    { type: `${name}.done`, fields: { ...place, ...whole, ...logprobs } },
    { type: 'response.content_part.done', fields: { ...place, part: contentPart(part, text) } },
  ]
}

function argumentEvents(place: JsonObject, { part, done }: OutputItem): Draft[] {
  const isFreeText = part.type === 'tool-call' && part.isFreeText
  const name = isFreeText ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  const all = isFreeText ? { input: done.input } : { arguments: done.arguments, name: done.name }
  return [
    ...part.pieces.map((delta) => ({ type: `${name}.delta`, fields: { ...place, delta } })),
    { type: `${name}.done`, fields: { ...place, ...all } },
  ]
}

function summaryEvents(itemPlace: JsonObject, pieces: readonly string[]): Draft[] {
  if (pieces.length === 0) return []
  const place = { ...itemPlace, summary_index: 0 }
  const text = pieces.join('')
  const summary = (words: string) => ({ type: 'summary_text', text: words })
  return [
    { type: 'response.reasoning_summary_part.added', fields: { ...place, part: summary('') } },
    ...pieces.map((delta) => ({
      type: 'response.reasoning_summary_text.delta',
      fields: { ...place, delta },
    })),
    { type: 'response.reasoning_summary_text.done', fields: { ...place, text } },
    { type: 'response.reasoning_summary_part.done', fields: { ...place, part: summary(text) } },
  ]
}

// what the request set is echoed, the rest is what OpenAI answers by default
function responseHead(reply: Reply): JsonObject {
  const { body } = reply
  return {
    id: mintId('resp_', reply.number),
    object: 'response',
    created_at: reply.createdSeconds,
    status: 'completed',
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: reply.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...objectOf(body.reasoning) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOf(body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: listOf(body.tools),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    presence_penalty: 0,
    frequency_penalty: 0,
    access_programs: null,
    usage: null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  }
}

function writeUsage({ usage }: Reply): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}
