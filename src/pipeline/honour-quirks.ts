import { isJsonObject, type JsonObject } from '../core/json.ts'
import { clientPath, type IrField } from '../dialects/client-path.ts'
import { placeOf } from '../dialects/places.ts'
import { Report } from '../dialects/report.ts'
import type { EncodedRequest } from '../ir/conversion.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { Provider } from '../providers/provider.ts'

/** What the fields of a Chat request are in the internal representation; a field that is not here is spelled as the client spelled it. */
const MEANINGS: Readonly<Record<string, IrField>> = {
  max_tokens: 'maxOutputTokens',
  max_completion_tokens: 'maxOutputTokens',
  stop: 'stopSequences',
  temperature: 'temperature',
  top_p: 'topP',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  logit_bias: 'logitBias',
  logprobs: 'logprobs',
  top_logprobs: 'logprobs',
  reasoning_effort: 'reasoning',
  response_format: 'format',
  tools: 'tools',
  tool_choice: 'toolChoice',
  parallel_tool_calls: 'allowsParallelCalls',
  verbosity: 'verbosity',
  service_tier: 'serviceTier',
  metadata: 'metadata',
  safety_identifier: 'endUserId',
  user: 'endUserId',
  prompt_cache_key: 'caching',
  prompt_cache_options: 'caching',
  store: 'isStored',
}

/** An answer without these would not be the answer that was asked for. */
const CONTRACTS: ReadonlySet<IrField> = new Set<IrField>([
  'maxOutputTokens',
  'stopSequences',
  'logitBias',
  'logprobs',
  'format',
  'tools',
  'toolChoice',
])

/** What every step needs. */
interface Context {
  readonly request: ChatRequest
  readonly provider: Provider
  readonly report: Report
}

/**
 * A Chat request as this provider takes it: without the fields that it refuses, and with those that it calls otherwise under its own
 * names. What is left out is in `dropped`, as the client spells it. Throws `unsupported_parameter` for what may not be left out.
 */
export function honourQuirks(
  encoded: EncodedRequest,
  request: ChatRequest,
  provider: Provider,
): EncodedRequest {
  const { omits = [], omitsInMessages = [], answersNeed, renames = {} } = provider.chatQuirks ?? {}
  const context: Context = { request, provider, report: new Report() }
  const body: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(encoded.body)) {
    if (omits.includes(field)) leaveOut(context, field)
    else if (field === 'stream_options' && !provider.reportsStreamUsage) leaveOptionsOut(context, value)
    else if (field === 'messages')
      body[field] = withNeeded(withoutFields(context, value, omitsInMessages), answersNeed)
    else body[renames[field] ?? field] = value
  }
  return { ...encoded, body, dropped: unique([...encoded.dropped, ...context.report.dropped]) }
}

function leaveOut({ request, provider, report }: Context, field: string): void {
  const meaning = MEANINGS[field]
  const path = meaning === undefined ? field : clientPath(request.source, meaning)
  const isContract =
    meaning === undefined
      ? request.extras.some((extra) => extra.path === field && extra.weight === 'contract')
      : CONTRACTS.has(meaning)
  if (isContract) report.refuse(path, reasonOf(provider))
  report.drop(path, reasonOf(provider))
}

/** That the answer's tokens are counted is our own wish; anything else was the client's. */
function leaveOptionsOut({ provider, report }: Context, options: unknown): void {
  if (!isJsonObject(options)) return
  const { include_usage: _ours, ...asked } = options
  for (const name of Object.keys(asked)) report.drop(`stream_options.${name}`, reasonOf(provider))
}

function withoutFields(context: Context, messages: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0 || !Array.isArray(messages)) return messages
  const list = messages.filter(isJsonObject)
  const { request, provider, report } = context
  for (const field of fields.filter((name) => list.some((message) => name in message))) {
    if (field === 'name') report.drop(placeOfName(request), reasonOf(provider))
    else {
      const reason = `${provider.title} does not take the reasoning of earlier turns`
      report.tellHarmless('dropped', placeOfReasoning(request), reason)
    }
  }
  return list.map((message) => without(message, fields))
}

function withNeeded(messages: unknown, needed: JsonObject | undefined): unknown {
  if (needed === undefined || !Array.isArray(messages)) return messages
  return messages.map((message: unknown) =>
    isJsonObject(message) && message.role === 'assistant' ? { ...needed, ...message } : message,
  )
}

function placeOfName(request: ChatRequest): string {
  return placeOf(
    request,
    request.messages.find((message) => 'name' in message),
    'name',
  )
}

function placeOfReasoning(request: ChatRequest): string {
  for (const { parts } of request.messages)
    for (const part of parts) if (part.type === 'reasoning') return placeOf(request, part)
  return clientPath(request.source, 'messages')
}

function without(message: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(message).filter(([field]) => !fields.includes(field)))
}

function reasonOf({ title }: Provider): string {
  return `${title} does not take it`
}

/** Several fields of Chat may be one thing to the client. */
function unique(dropped: EncodedRequest['dropped']): EncodedRequest['dropped'] {
  const seen = new Set<string>()
  return dropped.filter(({ path, reason }) => {
    const entry = `${path}\n${reason}`
    return seen.has(entry) ? false : seen.add(entry)
  })
}
