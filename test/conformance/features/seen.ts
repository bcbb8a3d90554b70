import type { DialectId } from '../../../src/core/dialect-id.ts'
import type { Json } from '../../support/client.ts'

/** An answer as its client sees it, in words that all formats share. */
export interface Seen {
  readonly text: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[]
  readonly reasoning: string
  readonly refusal: string
  /** In the client's own spelling. */
  readonly finish: string
  /** Text, calls and reasoning in their order. */
  readonly order: readonly string[]
  readonly usage:
    | {
        readonly read: number
        readonly fromCache: number
        readonly toCache: number
        readonly written: number
        readonly reasoned: number
      }
    | undefined
  readonly sources: readonly string[]
  readonly logprobs: string
  readonly tier: string
  readonly id: string
  readonly model: string
}

/** A whole answer of each format, read. */
export const SEEN: Readonly<Record<DialectId, (answer: Json) => Seen>> = {
  'openai-chat': seenInChat,
  'openai-completions': seenInCompletions,
  'openai-responses': seenInResponses,
  'anthropic-messages': seenInMessages,
  gemini: seenInGemini,
}

function seenInChat({ id, model, choices, usage, service_tier }: Json): Seen {
  const { message, finish_reason, logprobs } = choices[0]
  const calls = (message.tool_calls ?? []).map((call: Json) => ({
    id: call.id,
    name: (call.function ?? call.custom).name,
    input: call.function?.arguments ?? call.custom.input,
  }))
  return {
    id,
    model,
    text: message.content ?? '',
    calls,
    reasoning: message.reasoning_content ?? '',
    refusal: message.refusal ?? '',
    finish: finish_reason,
    order: [...(message.content ? ['text'] : []), ...calls.map(() => 'call')],
    usage: usageOfOpenAi(usage?.prompt_tokens, usage?.completion_tokens, usage, 'prompt', 'completion'),
    sources: (message.annotations ?? []).map((note: Json) => note.url_citation.url),
    logprobs: JSON.stringify(logprobs ?? null),
    tier: service_tier ?? '',
  }
}

function seenInCompletions({ id, model, choices, usage }: Json): Seen {
  const { text, finish_reason, logprobs } = choices[0]
  return {
    ...NOTHING,
    id,
    model,
    text,
    finish: finish_reason,
    usage: usageOfOpenAi(usage?.prompt_tokens, usage?.completion_tokens, usage, 'prompt', 'completion'),
    logprobs: JSON.stringify(logprobs ?? null),
    order: text === '' ? [] : ['text'],
  }
}

function seenInResponses({ id, model, output, status, incomplete_details, usage, service_tier }: Json): Seen {
  const items: Json[] = output
  const parts: Json[] = items.flatMap((item) => (item.type === 'message' ? item.content : []))
  const texts = parts.filter(({ type }) => type === 'output_text')
  const calls = items.filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
  const kinds: Readonly<Record<string, string>> = {
    message: 'text',
    function_call: 'call',
    custom_tool_call: 'call',
  }
  return {
    id,
    model,
    text: texts.map(({ text }) => text).join(''),
    calls: calls.map((item) => ({
      id: item.call_id,
      name: item.name,
      input: item.arguments ?? item.input,
    })),
    reasoning: items
      .filter(({ type }) => type === 'reasoning')
      .flatMap(({ summary }) => summary.map(({ text }: Json) => text))
      .join(''),
    refusal: parts.map(({ refusal }) => refusal ?? '').join(''),
    finish: incomplete_details?.reason ?? status,
    order: items.flatMap(({ type }) => kinds[type] ?? []),
    usage: usageOfOpenAi(usage?.input_tokens, usage?.output_tokens, usage, 'input', 'output'),
    sources: texts.flatMap(({ annotations }) => annotations.map(({ url }: Json) => url)),
    logprobs: JSON.stringify(texts.flatMap(({ logprobs }) => logprobs ?? [])),
    tier: service_tier ?? '',
  }
}

function seenInMessages({ id, model, content, stop_reason, stop_details, usage }: Json): Seen {
  const blocks: Json[] = content
  const texts = blocks.filter(({ type }) => type === 'text')
  const kinds: Readonly<Record<string, string>> = { text: 'text', tool_use: 'call' }
  return {
    id,
    model,
    text: texts.map(({ text }) => text).join(''),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map((block) => ({ id: block.id, name: block.name, input: JSON.stringify(block.input) })),
    reasoning: blocks.map(({ thinking }) => thinking ?? '').join(''),
    refusal: stop_details?.explanation ?? '',
    finish: stop_reason,
    order: blocks.flatMap(({ type }) => kinds[type] ?? []),
    usage: {
      read: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
      fromCache: usage.cache_read_input_tokens,
      toCache: usage.cache_creation_input_tokens,
      written: usage.output_tokens,
      reasoned: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
    sources: texts.flatMap(({ citations }) => (citations ?? []).map(({ url }: Json) => url)),
    logprobs: 'null',
    tier: usage.service_tier ?? '',
  }
}

function seenInGemini({ responseId, modelVersion, candidates, usageMetadata }: Json): Seen {
  const candidate = candidates[0]
  const parts: Json[] = candidate.content?.parts ?? []
  const said = parts.filter(({ text, thought }) => text && !thought)
  const calls = parts.filter(({ functionCall }) => functionCall)
  const counts = usageMetadata ?? {}
  return {
    id: responseId,
    model: modelVersion,
    text: said.map(({ text }) => text).join(''),
    calls: calls.map(({ functionCall }) => ({
      id: functionCall.id ?? '',
      name: functionCall.name,
      input: JSON.stringify(functionCall.args),
    })),
    reasoning: parts.map(({ text, thought }) => (thought ? text : '')).join(''),
    refusal: candidate.finishMessage ?? '',
    finish: candidate.finishReason,
    order: parts.flatMap(({ text, thought, functionCall }) =>
      functionCall ? ['call'] : text && !thought ? ['text'] : [],
    ),
    usage: usageMetadata && {
      read: counts.promptTokenCount,
      fromCache: counts.cachedContentTokenCount ?? 0,
      // not counted by Google
      toCache: 0,
      written: (counts.candidatesTokenCount ?? 0) + (counts.thoughtsTokenCount ?? 0),
      reasoned: counts.thoughtsTokenCount ?? 0,
    },
    sources: (candidate.groundingMetadata?.groundingChunks ?? []).map(({ web }: Json) => web.uri),
    logprobs: JSON.stringify(candidate.logprobsResult ?? null),
    tier: counts.serviceTier ?? '',
  }
}

const NOTHING: Seen = {
  id: '',
  model: '',
  text: '',
  calls: [],
  reasoning: '',
  refusal: '',
  finish: '',
  order: [],
  usage: undefined,
  sources: [],
  logprobs: 'null',
  tier: '',
}

function usageOfOpenAi(
  read: number | undefined,
  written: number | undefined,
  usage: Json,
  input: string,
  output: string,
): Seen['usage'] {
  if (read === undefined || written === undefined) return undefined
  const inputs = usage[`${input}_tokens_details`] ?? {}
  return {
    read,
    written,
    fromCache: inputs.cached_tokens ?? 0,
    toCache: inputs.cache_write_tokens ?? 0,
    reasoned: usage[`${output}_tokens_details`]?.reasoning_tokens ?? 0,
  }
}
