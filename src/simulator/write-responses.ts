import { joinPieces } from './answer.ts'
import { type JsonObject, listOf, objectOf } from './json.ts'
import type { Problem } from './problem.ts'
import { mintId, type Reply } from './reply.ts'
import { contentPart, type OutputItem, outputItems, summaryPieces } from './responses-items.ts'
import type { WireEvent } from './wire-event.ts'

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
  for (const [index, item] of outputItems(reply, answer).entries()) addItem(writer, reply, item, index)
  const response = writeResponses(reply)
  writer.add('terminal', response.status === 'completed' ? 'response.completed' : 'response.incomplete', {
    response,
  })
  return writer.events
}

type EventWriter = ReturnType<typeof eventWriter>

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

function addItem(writer: EventWriter, reply: Reply, item: OutputItem, output_index: number): void {
  writer.add('content', 'response.output_item.added', { output_index, item: item.added })
  const place = { item_id: item.id, output_index }
  if (item.part.type === 'reasoning') addSummary(writer, place, summaryPieces(reply, item.part))
  else if (item.part.type === 'tool-call') addArguments(writer, place, item)
  else addMessage(writer, place, item)
  writer.add('content', 'response.output_item.done', { output_index, item: item.done })
}

function addMessage(writer: EventWriter, itemPlace: JsonObject, { part }: OutputItem): void {
  const place = { ...itemPlace, content_index: 0 }
  const isRefusal = part.type === 'refusal'
  const name = isRefusal ? 'response.refusal' : 'response.output_text'
  const logprobs = isRefusal ? {} : { logprobs: [] }
  writer.add('content', 'response.content_part.added', { ...place, part: contentPart(part, '') })
  for (const delta of part.pieces) writer.add('content', `${name}.delta`, { ...place, delta, ...logprobs })
  const text = joinPieces(part)
  writer.add('content', `${name}.done`, {
    ...place,
    ...(isRefusal ? { refusal: text } : { text }),
    ...logprobs,
  })
  writer.add('content', 'response.content_part.done', { ...place, part: contentPart(part, text) })
}

function addArguments(writer: EventWriter, place: JsonObject, { part, done }: OutputItem): void {
  const isFreeText = part.type === 'tool-call' && part.isFreeText
  const name = isFreeText ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  for (const delta of part.pieces) writer.add('content', `${name}.delta`, { ...place, delta })
  const all = isFreeText ? { input: done.input } : { arguments: done.arguments, name: done.name }
  writer.add('content', `${name}.done`, { ...place, ...all })
}

function addSummary(writer: EventWriter, itemPlace: JsonObject, pieces: readonly string[]): void {
  if (pieces.length === 0) return
  const place = { ...itemPlace, summary_index: 0 }
  const summary = (text: string) => ({ type: 'summary_text', text })
  writer.add('content', 'response.reasoning_summary_part.added', { ...place, part: summary('') })
  for (const delta of pieces)
    writer.add('content', 'response.reasoning_summary_text.delta', { ...place, delta })
  const text = pieces.join('')
  writer.add('content', 'response.reasoning_summary_text.done', { ...place, text })
  writer.add('content', 'response.reasoning_summary_part.done', { ...place, part: summary(text) })
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
