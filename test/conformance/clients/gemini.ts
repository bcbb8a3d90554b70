import {
  type Content,
  type FunctionResponse,
  type GenerateContentParameters,
  type GenerateContentResponse,
  type GenerateContentResponseUsageMetadata,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import {
  type Counts,
  NO_COUNTS,
  type Outcome,
  type Question,
  type Result,
  readLosses,
  type Shown,
  type TestClient,
  type Turn,
  turnsOf,
} from './conversation.ts'

/** Gemini through Google's SDK. */
export function geminiClient(url: string, key: string): TestClient {
  const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
  return {
    id: 'gemini',
    whole: async (question) => outcomeOf([await models.generateContent(bodyOf(question))]),
    streamed: async (question) => {
      const chunks: GenerateContentResponse[] = []
      for await (const chunk of await models.generateContentStream(bodyOf(question))) chunks.push(chunk)
      return outcomeOf(chunks)
    },
  }
}

function bodyOf(question: Question): GenerateContentParameters {
  const { model, tools, maxTokens, stop, effort, schema } = question
  return {
    model,
    contents: turnsOf(question).map(contentOf),
    config: {
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(stop && { stopSequences: [...stop] }),
      ...(effort && { thinkingConfig: { thinkingLevel: LEVEL[effort], includeThoughts: true } }),
      ...(schema && { responseMimeType: 'application/json' }),
      ...(typeof schema === 'object' && { responseJsonSchema: schema }),
      ...(tools && {
        tools: [
          {
            functionDeclarations: tools.map(({ name, description, schema: parametersJsonSchema }) => ({
              name,
              description,
              parametersJsonSchema,
            })),
          },
        ],
      }),
    },
  } as GenerateContentParameters
}

const LEVEL = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const

function contentOf(turn: Turn): Content {
  switch (turn.role) {
    case 'user':
      return { role: 'user', parts: turn.content.map(partOf) }
    case 'assistant':
      return turn.answer.native as Content
    case 'tool':
      return { role: 'user', parts: turn.results.map((result) => ({ functionResponse: responseOf(result) })) }
  }
}

function responseOf({ call, content, isError }: Result): FunctionResponse {
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const media = content.filter((part) => part.type !== 'text').map(partOf)
  return {
    ...(call.id !== '' && { id: call.id }),
    name: call.name,
    response: { [isError ? 'error' : 'output']: text },
    ...(media.length > 0 && { parts: media }),
  }
}

function partOf(part: Shown): Part {
  switch (part.type) {
    case 'text':
      return { text: part.text }
    case 'image':
      return { inlineData: { mimeType: part.mediaType, data: part.data } }
    case 'link':
      return { fileData: { mimeType: part.mediaType, fileUri: part.url } }
    case 'pdf':
      return { inlineData: { mimeType: 'application/pdf', data: part.data } }
  }
}

/** A stream is put together as Google's own chat helper does: parts in their order, none changed. */
function outcomeOf(chunks: readonly GenerateContentResponse[]): Outcome {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const reasons = chunks.flatMap((chunk) => chunk.candidates?.[0]?.finishReason ?? [])
  const blocked = chunks.find((chunk) => chunk.promptFeedback?.blockReason !== undefined)
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata
  const text = (isThought: boolean) =>
    parts.map((part) => ((part.thought ?? false) === isThought ? (part.text ?? '') : '')).join('')
  return {
    text: text(false),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall
        ? [{ id: functionCall.id ?? '', name: functionCall.name ?? '', input: functionCall.args }]
        : [],
    ),
    refusal:
      blocked?.promptFeedback?.blockReasonMessage ?? chunks.at(-1)?.candidates?.[0]?.finishMessage ?? '',
    reasoning: text(true),
    finish: reasons.at(-1) ?? blocked?.promptFeedback?.blockReason,
    counts: usage === undefined ? NO_COUNTS : countsOf(usage),
    losses: readLosses(chunks[0]?.sdkHttpResponse?.headers?.['x-gateway-dropped']),
    native: { role: 'model', parts } satisfies Content,
  }
}

/** Thoughts are no part of the candidates' count. */
function countsOf(usage: GenerateContentResponseUsageMetadata): Counts {
  const reasoning = usage.thoughtsTokenCount ?? 0
  return {
    input: usage.promptTokenCount ?? -1,
    output: (usage.candidatesTokenCount ?? 0) + reasoning,
    cacheRead: usage.cachedContentTokenCount ?? 0,
    // this format cannot say
    cacheWrite: 0,
    reasoning,
  }
}
