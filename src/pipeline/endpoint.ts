import type { ApiFamily, DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'

/** What a client's path asks for. */
export interface Endpoint {
  /** Whose paths, credentials and error shape these are. */
  readonly family: ApiFamily
  /** The conversation format of the path; undefined for everything that is no conversation (models, embeddings, files, …). */
  readonly dialect: DialectId | undefined
  /** The path is generic: the body may be in any format, and its own is recognised. */
  readonly detectsDialect: boolean
  /** Path below the family's root, such as `/chat/completions`. For a raw request, the path as the client wrote it. */
  readonly path: string
  /** The model, where the path names it. */
  readonly model: string | undefined
  /** The deployment, where the path is one of classic Azure OpenAI's: it stands for the model. */
  readonly deployment: string | undefined
  /** Whether to stream, where the path says so. */
  readonly isStreaming: boolean | undefined
  /** The provider, where the path names it: such a request is raw. */
  readonly providerId: string | undefined
  /** The endpoint counts the tokens of a conversation in this format, and makes no model work. */
  readonly countsTokensOf: DialectId | undefined
  /** Texts in, vectors out: in OpenAI's shape, or by one of Gemini's methods. */
  readonly embedding: 'openai' | 'embedContent' | 'batchEmbedContents' | undefined
  /** Counts against the request quota: it makes a model work. */
  readonly isCounted: boolean
  /** What a key must be permitted: looking (`read`) or making models work (`write`). */
  readonly permission: 'read' | 'write'
}

/** Where each dialect's conversations are asked for, below its family's root. */
export const CONVERSATION_PATH: Readonly<Record<Exclude<DialectId, 'gemini'>, string>> = {
  'openai-chat': '/chat/completions',
  'openai-completions': '/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
}

/** Where each dialect's tokens are counted, below its family's root. */
const COUNT_PATH: Readonly<Partial<Record<DialectId, string>>> = {
  'openai-responses': '/responses/input_tokens',
  'anthropic-messages': '/messages/count_tokens',
}

/** The path where a conversation with a model is counted; undefined for a dialect that counts none. */
export function countPath(dialect: DialectId, model: string): string | undefined {
  return dialect === 'gemini' ? `/${geminiResource(model)}:countTokens` : COUNT_PATH[dialect]
}

/** How Gemini's paths name a model, percent-encoded; ids with slashes are full resource names. */
export function geminiResource(model: string): string {
  const resource = model.includes('/') ? model : `models/${model}`
  return resource.split('/').map(modelSegment).join('/')
}

/** A model's name, or a part of it, as one segment of a path. Throws `invalid_request` for what would climb out of it. */
export function modelSegment(name: string): string {
  if (name !== '' && name !== '.' && name !== '..') return encodeURIComponent(name)
  throw new GatewayError('invalid_request', 'The name of the model cannot stand in a path.', {
    path: 'model',
  })
}

/** Gemini's path for a conversation with a model. */
export function geminiPath(model: string, isStreaming: boolean): string {
  const resource = geminiResource(model)
  return isStreaming ? `/${resource}:streamGenerateContent?alt=sse` : `/${resource}:generateContent`
}
