import OpenAI from 'openai'
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
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

/** Chat Completions through OpenAI's SDK. */
export function chatClient(url: string, key: string): TestClient {
  const ask = async (create: (openai: OpenAI) => Promise<ChatCompletion>): Promise<Outcome> => {
    const { fetch, losses } = recordingFetch()
    const completion = await create(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, fetch }))
    return { ...outcomeOf(completion), losses: losses() }
  }
  return {
    id: 'openai-chat',
    whole: (question) => ask((openai) => openai.chat.completions.create(bodyOf(question))),
    streamed: (question) => ask((openai) => streamed(openai, question)),
  }
}

/** The helper knows nothing of the unofficial fields: clients that want them collect them on their own. */
async function streamed(openai: OpenAI, question: Question): Promise<ChatCompletion> {
  const body = { ...bodyOf(question), stream_options: { include_usage: true } }
  const stream = openai.chat.completions.stream(body)
  let reasoning = ''
  const details: unknown[] = []
  stream.on('chunk', ({ choices }) => {
    const delta = choices[0]?.delta as Reasoned | undefined
    reasoning += delta?.reasoning_content ?? ''
    details.push(...(delta?.reasoning_details ?? []))
  })
  const completion = await stream.finalChatCompletion()
  const fields: Reasoned = {
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
  const choices = completion.choices.map((choice) => ({
    ...choice,
    message: { ...choice.message, ...fields },
  }))
  return { ...completion, choices }
}

interface Reasoned {
  readonly reasoning_content?: string
  readonly reasoning_details?: readonly unknown[]
}

function bodyOf(question: Question) {
  const { model, tools, maxTokens, stop, effort, schema } = question
  return {
    model,
    messages: turnsOf(question).flatMap(messagesOf),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(stop && { stop: [...stop] }),
    ...(effort && { reasoning_effort: effort }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(schema === 'json' && { response_format: { type: 'json_object' } }),
    ...(typeof schema === 'object' && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { ...schema }, strict: true },
      },
    }),
  } satisfies ChatCompletionCreateParamsNonStreaming
}

function messagesOf(turn: Turn): ChatCompletionMessageParam[] {
  switch (turn.role) {
    case 'user':
      return [{ role: 'user', content: contentOf(turn.content) }]
    case 'assistant':
      return [echoOf(turn.answer.native as ChatCompletionMessage)]
    case 'tool':
      // this format's tool messages hold text alone, and have no place to say that it is an error
      return turn.results.map(({ call, content }) => ({
        role: 'tool',
        tool_call_id: call.id,
        content: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      }))
  }
}

/** `refusal` and `content` are null where there are none; the rest goes back as it came, unofficial fields included. */
function echoOf(message: ChatCompletionMessage): ChatCompletionMessageParam {
  const { parsed: _parsed, ...rest } = message as ChatCompletionMessage & { parsed?: unknown }
  return rest as ChatCompletionMessageParam
}

function contentOf(content: readonly Shown[]): string | ChatCompletionContentPart[] {
  const [only, ...others] = content
  if (only?.type === 'text' && others.length === 0) return only.text
  return content.map(partOf)
}

function partOf(part: Shown): ChatCompletionContentPart {
  switch (part.type) {
    case 'text':
      return part
    case 'image':
      return { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.data}` } }
    case 'link':
      return { type: 'image_url', image_url: { url: part.url } }
    case 'pdf':
      return {
        type: 'file',
        file: { filename: part.filename, file_data: `data:application/pdf;base64,${part.data}` },
      }
  }
}

function outcomeOf({ choices, usage }: ChatCompletion): Omit<Outcome, 'losses'> {
  const choice = choices[0]
  const message = choice?.message as (ChatCompletionMessage & Reasoned) | undefined
  return {
    text: message?.content ?? '',
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }]
        : [],
    ),
    refusal: message?.refusal ?? '',
    reasoning: message?.reasoning_content ?? '',
    finish: choice?.finish_reason,
    counts: usage === undefined ? NO_COUNTS : countsOf(usage),
    native: message,
  }
}

function countsOf(usage: OpenAI.CompletionUsage): Counts {
  const { prompt_tokens_details: read, completion_tokens_details: written } = usage
  return {
    input: usage.prompt_tokens,
    output: usage.completion_tokens,
    cacheRead: read?.cached_tokens ?? 0,
    cacheWrite: read?.cache_write_tokens ?? 0,
    reasoning: written?.reasoning_tokens ?? 0,
  }
}
