import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { DialectId } from '../../src/core/dialect-id.ts'

/** What a conversation came to, in words that all formats share. */
export interface Outcome {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  /** In the client's own spelling. */
  readonly finish: string | null | undefined
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface Question {
  readonly model: string
  readonly prompt: string
  readonly maxTokens?: number
  /** Offers a function `get_weather({ city })`. */
  readonly offersTool?: boolean
}

/** One official SDK speaking one format. */
export interface TestClient {
  readonly id: DialectId
  whole(question: Question): Promise<Outcome>
  streamed(question: Question): Promise<Outcome>
}

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const NAME = 'get_weather'
const DESCRIPTION = 'Weather of a city'

/** Every client format, through its own SDK, with this key. */
export function createClients(url: string, key: string): TestClient[] {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
  const anthropic = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })
  const google = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
  return [
    chatClient(openai),
    completionsClient(openai),
    responsesClient(openai),
    messagesClient(anthropic),
    geminiClient(google),
  ]
}

function chatClient(openai: OpenAI): TestClient {
  const body = ({ model, prompt, maxTokens, offersTool }: Question) => ({
    model,
    messages: [{ role: 'user' as const, content: prompt }],
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(offersTool && {
      tools: [
        { type: 'function' as const, function: { name: NAME, description: DESCRIPTION, parameters: SCHEMA } },
      ],
    }),
  })
  const outcome = (completion: OpenAI.ChatCompletion): Outcome => {
    const choice = completion.choices[0]
    const calls = choice?.message.tool_calls ?? []
    return {
      text: choice?.message.content ?? '',
      calls: calls.flatMap((call) =>
        call.type === 'function'
          ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) }]
          : [],
      ),
      finish: choice?.finish_reason,
      inputTokens: completion.usage?.prompt_tokens ?? -1,
      outputTokens: completion.usage?.completion_tokens ?? -1,
    }
  }
  return {
    id: 'openai-chat',
    whole: async (question) => outcome(await openai.chat.completions.create(body(question))),
    streamed: async (question) =>
      outcome(
        await openai.chat.completions
          .stream({ ...body(question), stream_options: { include_usage: true } })
          .finalChatCompletion(),
      ),
  }
}

function completionsClient(openai: OpenAI): TestClient {
  const body = ({ model, prompt, maxTokens = 500 }: Question) => ({ model, prompt, max_tokens: maxTokens })
  return {
    id: 'openai-completions',
    whole: async (question) => {
      const { choices, usage } = await openai.completions.create(body(question))
      return {
        text: choices[0]?.text ?? '',
        calls: [],
        finish: choices[0]?.finish_reason,
        inputTokens: usage?.prompt_tokens ?? -1,
        outputTokens: usage?.completion_tokens ?? -1,
      }
    },
    streamed: async (question) => {
      const stream = await openai.completions.create({
        ...body(question),
        stream: true,
        stream_options: { include_usage: true },
      })
      let outcome: Outcome = { text: '', calls: [], finish: null, inputTokens: -1, outputTokens: -1 }
      for await (const { choices, usage } of stream) {
        const choice = choices[0]
        if (choice !== undefined)
          outcome = {
            ...outcome,
            text: outcome.text + choice.text,
            finish: choice.finish_reason ?? outcome.finish,
          }
        if (usage)
          outcome = { ...outcome, inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens }
      }
      return outcome
    },
  }
}

function responsesClient(openai: OpenAI): TestClient {
  const body = ({ model, prompt, maxTokens, offersTool }: Question) => ({
    model,
    input: prompt,
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(offersTool && {
      tools: [
        { type: 'function' as const, name: NAME, description: DESCRIPTION, parameters: SCHEMA, strict: true },
      ],
    }),
  })
  const outcome = (response: OpenAI.Responses.Response): Outcome => ({
    text: response.output_text,
    calls: response.output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) }] : [],
    ),
    finish: response.incomplete_details?.reason ?? response.status,
    inputTokens: response.usage?.input_tokens ?? -1,
    outputTokens: response.usage?.output_tokens ?? -1,
  })
  return {
    id: 'openai-responses',
    whole: async (question) => outcome(await openai.responses.create(body(question))),
    streamed: async (question) => outcome(await openai.responses.stream(body(question)).finalResponse()),
  }
}

function messagesClient(anthropic: Anthropic): TestClient {
  const body = ({ model, prompt, maxTokens = 500, offersTool }: Question) => ({
    model,
    max_tokens: maxTokens,
    messages: [{ role: 'user' as const, content: prompt }],
    ...(offersTool && {
      tools: [{ name: NAME, description: DESCRIPTION, input_schema: { ...SCHEMA, type: 'object' as const } }],
    }),
  })
  const outcome = (message: Anthropic.Message): Outcome => ({
    text: message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    calls: message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
    ),
    finish: message.stop_reason,
    inputTokens: message.usage.input_tokens,
    outputTokens: message.usage.output_tokens,
  })
  return {
    id: 'anthropic-messages',
    whole: async (question) => outcome(await anthropic.messages.create(body(question))),
    streamed: async (question) => outcome(await anthropic.messages.stream(body(question)).finalMessage()),
  }
}

function geminiClient(google: GoogleGenAI): TestClient {
  const body = ({ model, prompt, maxTokens, offersTool }: Question) => ({
    model,
    contents: prompt,
    config: {
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(offersTool && {
        tools: [
          { functionDeclarations: [{ name: NAME, description: DESCRIPTION, parametersJsonSchema: SCHEMA }] },
        ],
      }),
    },
  })
  return {
    id: 'gemini',
    whole: async (question) => {
      const response = await google.models.generateContent(body(question))
      return {
        text: response.text ?? '',
        calls: (response.functionCalls ?? []).map(({ name = '', args }) => ({ name, input: args })),
        finish: response.candidates?.[0]?.finishReason,
        inputTokens: response.usageMetadata?.promptTokenCount ?? -1,
        outputTokens: response.usageMetadata?.candidatesTokenCount ?? -1,
      }
    },
    streamed: async (question) => {
      let outcome: Outcome = { text: '', calls: [], finish: null, inputTokens: -1, outputTokens: -1 }
      for await (const chunk of await google.models.generateContentStream(body(question))) {
        const { usageMetadata } = chunk
        outcome = {
          text: outcome.text + (chunk.text ?? ''),
          calls: [
            ...outcome.calls,
            ...(chunk.functionCalls ?? []).map(({ name = '', args }) => ({ name, input: args })),
          ],
          finish: chunk.candidates?.[0]?.finishReason ?? outcome.finish,
          inputTokens: usageMetadata?.promptTokenCount ?? outcome.inputTokens,
          outputTokens: usageMetadata?.candidatesTokenCount ?? outcome.outputTokens,
        }
      }
      return outcome
    },
  }
}
