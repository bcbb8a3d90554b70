import OpenAI from 'openai'
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses'
import {
  type Counts,
  NO_COUNTS,
  type Outcome,
  type Question,
  recordingFetch,
  type Shown,
  type TestClient,
  type Turn,
  turnsOf,
} from './conversation.ts'

/** Responses through OpenAI's SDK, without state at the provider. */
export function responsesClient(url: string, key: string): TestClient {
  const ask = async (create: (openai: OpenAI) => Promise<Response>): Promise<Outcome> => {
    const { fetch, losses } = recordingFetch()
    const response = await create(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, fetch }))
    return { ...outcomeOf(response), losses: losses() }
  }
  return {
    id: 'openai-responses',
    whole: (question) => ask((openai) => openai.responses.create(bodyOf(question))),
    streamed: (question) => ask((openai) => openai.responses.stream(bodyOf(question)).finalResponse()),
  }
}

function bodyOf(question: Question) {
  const { model, tools, maxTokens, effort, schema } = question
  return {
    model,
    input: turnsOf(question).flatMap(itemsOf),
    store: false,
    include: ['reasoning.encrypted_content'],
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(effort && { reasoning: { effort, summary: 'auto' } }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        name,
        description,
        parameters: { ...parameters },
        strict: false,
      })),
    }),
    ...(schema === 'json' && { text: { format: { type: 'json_object' } } }),
    ...(typeof schema === 'object' && {
      text: { format: { type: 'json_schema', name: 'answer', schema: { ...schema }, strict: true } },
    }),
  } satisfies ResponseCreateParamsNonStreaming
}

function itemsOf(turn: Turn): ResponseInputItem[] {
  switch (turn.role) {
    case 'user':
      return [{ type: 'message', role: 'user', content: turn.content.map(partOf) }]
    case 'assistant':
      return (turn.answer.native as ResponseOutputItem[]).map(echoOf)
    case 'tool':
      // this format's outputs have no place to say that they are errors
      return turn.results.map(({ call, content }) => ({
        type: 'function_call_output',
        call_id: call.id,
        output: content.every(({ type }) => type === 'text')
          ? content.map((part) => (part.type === 'text' ? part.text : '')).join('')
          : content.map(partOf),
      }))
  }
}

/** What the SDK's helpers add is no part of the wire. */
function echoOf(item: ResponseOutputItem): ResponseInputItem {
  const { parsed_arguments: _parsed, ...rest } = item as ResponseOutputItem & { parsed_arguments?: unknown }
  if (rest.type !== 'message') return rest as ResponseInputItem
  const content = rest.content.map((part) => {
    const { parsed: _inner, ...own } = part as typeof part & { parsed?: unknown }
    return own
  })
  return { ...rest, content } as ResponseInputItem
}

function partOf(
  part: Shown,
): Extract<ResponseInputContent, { type: 'input_text' | 'input_image' | 'input_file' }> {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image':
      return { type: 'input_image', image_url: `data:${part.mediaType};base64,${part.data}`, detail: 'auto' }
    case 'link':
      return { type: 'input_image', image_url: part.url, detail: 'auto' }
    case 'pdf':
      return {
        type: 'input_file',
        filename: part.filename,
        file_data: `data:application/pdf;base64,${part.data}`,
      }
  }
}

function outcomeOf({ output, status, incomplete_details, usage }: Response): Omit<Outcome, 'losses'> {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    calls: output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) as unknown }]
        : [],
    ),
    refusal: parts.map((part) => (part.type === 'refusal' ? part.refusal : '')).join(''),
    reasoning: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
      .map(({ text }) => text)
      .join(''),
    finish: incomplete_details?.reason ?? status,
    counts: usage ? countsOf(usage) : NO_COUNTS,
    native: output,
  }
}

function countsOf({ input_tokens, output_tokens, ...details }: OpenAI.Responses.ResponseUsage): Counts {
  return {
    input: input_tokens,
    output: output_tokens,
    cacheRead: details.input_tokens_details.cached_tokens,
    cacheWrite: details.input_tokens_details.cache_write_tokens,
    reasoning: details.output_tokens_details.reasoning_tokens,
  }
}
