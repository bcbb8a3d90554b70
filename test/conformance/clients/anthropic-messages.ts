import Anthropic from '@anthropic-ai/sdk'
import {
  type Counts,
  type Outcome,
  type Question,
  recordingFetch,
  type Shown,
  type TestClient,
  type Turn,
  turnsOf,
} from './conversation.ts'

type Body = Anthropic.MessageCreateParamsNonStreaming
type Shot = Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam

/** Messages through Anthropic's SDK. */
export function messagesClient(url: string, key: string): TestClient {
  const ask = async (create: (anthropic: Anthropic) => Promise<Anthropic.Message>): Promise<Outcome> => {
    const { fetch, losses } = recordingFetch()
    const message = await create(new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0, fetch }))
    return { ...outcomeOf(message), losses: losses() }
  }
  return {
    id: 'anthropic-messages',
    whole: (question) => ask((anthropic) => anthropic.messages.create(bodyOf(question))),
    streamed: (question) => ask((anthropic) => anthropic.messages.stream(bodyOf(question)).finalMessage()),
  }
}

function bodyOf(question: Question): Body {
  const { model, tools, maxTokens = 500, stop, effort, schema } = question
  const output_config = {
    ...(effort && { effort }),
    ...(typeof schema === 'object' && { format: { type: 'json_schema' as const, schema: { ...schema } } }),
  }
  return {
    model,
    max_tokens: maxTokens,
    messages: turnsOf(question).map(messageOf),
    ...(stop && { stop_sequences: [...stop] }),
    ...(effort && { thinking: { type: 'adaptive', display: 'summarized' } }),
    ...(Object.keys(output_config).length > 0 && { output_config }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: input_schema }) => ({
        name,
        description,
        input_schema,
      })),
    }),
  }
}

function messageOf(turn: Turn): Anthropic.MessageParam {
  switch (turn.role) {
    case 'user':
      return { role: 'user', content: turn.content.map(blockOf) }
    case 'assistant':
      return { role: 'assistant', content: turn.answer.native as Anthropic.ContentBlock[] }
    case 'tool':
      return {
        role: 'user',
        content: turn.results.map(({ call, content, isError }) => ({
          type: 'tool_result',
          tool_use_id: call.id,
          content: content.map(blockOf),
          ...(isError && { is_error: true }),
        })),
      }
  }
}

function blockOf(part: Shown): Shot {
  switch (part.type) {
    case 'text':
      return part
    case 'image': {
      const media_type = part.mediaType as Anthropic.Base64ImageSource['media_type']
      return { type: 'image', source: { type: 'base64', media_type, data: part.data } }
    }
    case 'link':
      return { type: 'image', source: { type: 'url', url: part.url } }
    case 'pdf':
      return {
        type: 'document',
        title: part.filename,
        source: { type: 'base64', media_type: 'application/pdf', data: part.data },
      }
  }
}

function outcomeOf(message: Anthropic.Message): Omit<Outcome, 'losses'> {
  const { content, stop_reason, stop_details, usage } = message
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    refusal: stop_details?.type === 'refusal' ? (stop_details.explanation ?? '') : '',
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    finish: stop_reason,
    counts: countsOf(usage),
    native: content,
  }
}

/** `input_tokens` leaves out what was read from the cache or written to it. */
function countsOf(usage: Anthropic.Usage): Counts {
  const cacheRead = usage.cache_read_input_tokens ?? 0
  const cacheWrite = usage.cache_creation_input_tokens ?? 0
  return {
    input: usage.input_tokens + cacheRead + cacheWrite,
    output: usage.output_tokens,
    cacheRead,
    cacheWrite,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  }
}
