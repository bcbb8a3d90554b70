import type { DialectId } from '../../../src/core/dialect-id.ts'
import type { WireKind } from './generate.ts'
import type { JsonSchema } from './json-schema.ts'

/** Where an SDK's types are not what goes over the wire. */
export interface SchemaException {
  readonly format: DialectId
  readonly kinds: readonly WireKind[]
  /** The type's name in the generated schema, and its property. */
  readonly at: readonly [type: string, property: string]
  /** What the property is on the wire: never there, not always there, perhaps null, or this as well as what the SDK says. */
  readonly becomes: 'absent' | 'optional' | 'nullable' | JsonSchema
  readonly reason: string
}

const ANSWERS = ['whole', 'event'] as const
const OBJECTS = { type: 'array', items: { type: 'object' } } as const
const NUMBER = { type: 'number' } as const
const STRING = { type: 'string' } as const

const CHAT: readonly SchemaException[] = [
  ...(
    [
      ['ChatCompletionMessage', 'whole'],
      ['ChatCompletionChunk.Choice.Delta', 'event'],
    ] as const
  ).flatMap(([type, kind]): SchemaException[] => [
    {
      format: 'openai-chat',
      kinds: [kind],
      at: [type, 'reasoning_content'],
      becomes: STRING,
      reason: "DeepSeek's field for reasoning, which clients of many providers read",
    },
    {
      format: 'openai-chat',
      kinds: [kind],
      at: [type, 'reasoning_details'],
      becomes: OBJECTS,
      reason: "OpenRouter's field for proofs of reasoning",
    },
    {
      format: 'openai-chat',
      kinds: [kind],
      at: [type, 'images'],
      becomes: OBJECTS,
      reason: "OpenRouter's field for images that a model made",
    },
  ]),
  {
    format: 'openai-chat',
    kinds: ['event'],
    at: ['ChatCompletionChunk.Choice.Delta', 'annotations'],
    becomes: OBJECTS,
    reason: 'the SDK has it on whole messages only; streams of search models carry it',
  },
  ...(
    [
      ['ChatCompletionMessageFunctionToolCall', 'whole'],
      ['ChatCompletionMessageCustomToolCall', 'whole'],
      ['ChatCompletionChunk.Choice.Delta.ToolCall', 'event'],
    ] as const
  ).map(
    ([type, kind]): SchemaException => ({
      format: 'openai-chat',
      kinds: [kind],
      at: [type, 'extra_content'],
      becomes: { type: 'object' },
      reason: "where Google's Chat endpoint signs a call; its clients send it back",
    }),
  ),
]

const COMPLETIONS: readonly SchemaException[] = [
  {
    format: 'openai-completions',
    kinds: ['event'],
    at: ['CompletionChoice', 'finish_reason'],
    becomes: 'nullable',
    reason: 'the SDK has one type for answers and chunks; before the last chunk it is null',
  },
  {
    format: 'openai-completions',
    kinds: ['event'],
    at: ['Completion', 'usage'],
    becomes: 'nullable',
    reason: 'with include_usage every chunk but the last says null, as in Chat',
  },
]

const RESPONSES: readonly SchemaException[] = [
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['Response', 'output_text'],
    becomes: 'absent',
    reason: 'the SDK adds it to what it received',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['Response', 'usage'],
    becomes: 'nullable',
    reason: 'OpenAI sends null until the answer is complete',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['Response', 'user'],
    becomes: 'nullable',
    reason: 'OpenAI sends null where none was given',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['Response', 'store'],
    becomes: { type: 'boolean' },
    reason: 'OpenAI sends it, and the Open Responses specification requires it',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['Response', 'presence_penalty'],
    becomes: NUMBER,
    reason: 'the Open Responses specification requires it',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['Response', 'frequency_penalty'],
    becomes: NUMBER,
    reason: 'the Open Responses specification requires it',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['ResponseFormatTextJSONSchemaConfig', 'description'],
    becomes: 'nullable',
    reason: 'OpenAI sends null where none was given',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['ResponseCustomToolCall', 'status'],
    becomes: { enum: ['in_progress', 'completed', 'incomplete'] },
    reason: 'as on every other item of an output; the SDK has it on ResponseCustomToolCallItem only',
  },
  {
    format: 'openai-responses',
    kinds: ['event'],
    at: ['ResponseFunctionCallArgumentsDoneEvent', 'name'],
    becomes: STRING,
    reason: "a required field of the SDK's until version 7",
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['ResponseError', 'code'],
    becomes: { const: 'context_length_exceeded' },
    reason: 'Codex tests for it to shorten the conversation (ERR-15)',
  },
  {
    format: 'openai-responses',
    kinds: ANSWERS,
    at: ['ResponseError', 'code'],
    becomes: { const: 'insufficient_quota' },
    reason: 'Codex tests for it to stop rather than try again (ERR-10)',
  },
  ...(
    [
      ['ResponseOutputMessage', 'id'],
      ['ResponseOutputMessage', 'status'],
      ['ResponseReasoningItem', 'id'],
    ] as const
  ).map(
    (at): SchemaException => ({
      format: 'openai-responses',
      kinds: ['request'],
      at,
      becomes: 'optional',
      reason: 'the SDK has one type for both directions; Codex sends its history without (AGT-04)',
    }),
  ),
]

const MESSAGES: readonly SchemaException[] = [
  ...['MessageCreateParamsNonStreaming', 'MessageCreateParamsStreaming'].flatMap((type) =>
    ['temperature', 'top_k', 'top_p'].map(
      (property): SchemaException => ({
        format: 'anthropic-messages',
        kinds: ['request'],
        at: [type, property],
        becomes: NUMBER,
        reason: 'gone from API version 2026-10-21, for which the SDK is made; sent with 2023-06-01 (HDR-06)',
      }),
    ),
  ),
  {
    format: 'anthropic-messages',
    kinds: ['error'],
    at: ['ErrorResponse', 'error'],
    becomes: {
      type: 'object',
      properties: {
        type: {
          // @see https://docs.anthropic.com/en/api/errors
          enum: [
            'invalid_request_error',
            'authentication_error',
            'billing_error',
            'permission_error',
            'not_found_error',
            'conflict_error',
            'request_too_large',
            'rate_limit_error',
            'api_error',
            'timeout_error',
            'overloaded_error',
          ],
        },
        message: STRING,
        details: {
          type: 'object',
          properties: { error_code: STRING, path: STRING },
          required: ['error_code'],
          additionalProperties: false,
        },
      },
      required: ['type', 'message'],
      additionalProperties: false,
    },
    reason:
      "the SDK reads details.error_code (APIError.errorCode), but its types lack it, and two of the API's error types",
  },
]

const GEMINI: readonly SchemaException[] = [
  {
    format: 'gemini',
    kinds: ANSWERS,
    at: ['GenerateContentResponseUsageMetadata', 'serviceTier'],
    becomes: { enum: ['standard', 'flex', 'priority'] },
    reason: "the Developer API sends it; the SDK has it on the Live API's UsageMetadata only",
  },
  {
    format: 'gemini',
    kinds: ['request'],
    at: ['ThinkingConfig', 'thinkingLevel'],
    becomes: { const: 'XHIGH' },
    reason: 'known to the hydrogen models alone',
  },
]

export const EXCEPTIONS: readonly SchemaException[] = [
  ...CHAT,
  ...COMPLETIONS,
  ...RESPONSES,
  ...MESSAGES,
  ...GEMINI,
]
