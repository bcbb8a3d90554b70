import type { Anthropic } from '@anthropic-ai/sdk'
import type * as Google from '@google/genai'
import type { OpenAI } from 'openai'

// What goes over the wire, put together from the official SDKs' own types. `generate.ts` reads this file: each format has one interface.

export interface OpenAiChatWire {
  readonly whole: OpenAI.Chat.ChatCompletion
  readonly event: OpenAI.Chat.ChatCompletionChunk
  readonly request: OpenAI.Chat.ChatCompletionCreateParams
  readonly error: { readonly error: OpenAI.ErrorObject }
}

export interface OpenAiCompletionsWire {
  readonly whole: OpenAI.Completions.Completion
  readonly event: OpenAI.Completions.Completion
  readonly request: OpenAI.Completions.CompletionCreateParams
  readonly error: { readonly error: OpenAI.ErrorObject }
}

export interface OpenAiResponsesWire {
  readonly whole: OpenAI.Responses.Response
  readonly event: OpenAI.Responses.ResponseStreamEvent
  readonly request: OpenAI.Responses.ResponseCreateParams
  readonly error: { readonly error: OpenAI.ErrorObject }
}

export interface AnthropicMessagesWire {
  readonly whole: Anthropic.Message
  readonly event: Anthropic.RawMessageStreamEvent | { readonly type: 'ping' }
  readonly request: Anthropic.MessageCreateParams
  readonly error: Anthropic.ErrorResponse
}

export interface GeminiWire {
  readonly whole: GeminiAnswer
  readonly event: GeminiAnswer
  readonly request: GeminiRequest
  readonly error: {
    readonly error: { code: number; message: string; status: string; details?: Record<string, unknown>[] }
  }
}

/** The SDK's class without its getters, and without what it adds to an answer itself. */
type GeminiAnswer = Omit<
  Google.GenerateContentResponse,
  | 'automaticFunctionCallingHistory'
  | 'codeExecutionResult'
  | 'data'
  | 'executableCode'
  | 'functionCalls'
  | 'initialPromptTokenCount'
  | 'sdkHttpResponse'
  | 'text'
>

/**
 * The SDK spells a request `{model, contents, config}`; its converters for the Developer API put the parts of `config` in these places.
 * @see https://ai.google.dev/api/generate-content#request-body
 */
interface GeminiRequest {
  contents: Google.Content[]
  systemInstruction?: Google.Content
  tools?: GeminiTool[]
  toolConfig?: GeminiToolConfig
  safetySettings?: Omit<Google.SafetySetting, 'method'>[]
  generationConfig?: Omit<
    Google.GenerationConfig,
    'audioTimestamp' | 'modelSelectionConfig' | 'routingConfig'
  > & { imageConfig?: Google.ImageConfig }
  cachedContent?: string
  continuationToken?: string
  labels?: Record<string, string>
  serviceTier?: Google.ServiceTier
  store?: boolean
}

type GeminiTool = Omit<Google.Tool, 'enterpriseWebSearch' | 'exaAiSearch' | 'parallelAiSearch' | 'retrieval'>

type GeminiToolConfig = Omit<Google.ToolConfig, 'functionCallingConfig'> & {
  functionCallingConfig?: Omit<Google.FunctionCallingConfig, 'streamFunctionCallArguments'>
}
