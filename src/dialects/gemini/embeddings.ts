import { Buffer } from 'node:buffer'
import { GatewayError } from '../../core/errors.ts'
import { countOf, isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Dropped } from '../../ir/response.ts'
import { decodeOpenAiError } from '../openai-errors.ts'
import { Report } from '../report.ts'
import { decodeError } from './errors.ts'
import {
  membersOf,
  messageIn,
  messagesIn,
  numberIn,
  type ProtoMessage,
  reject,
  textIn,
} from './proto-json.ts'

// Two shapes of one thing: texts in, vectors out. Gemini has a method for one text and one for many.

export type EmbedMethod = 'embedContent' | 'batchEmbedContents'

export interface ConvertedEmbedRequest {
  /** Gemini's method: the one to call, or the one that was called. */
  readonly method: EmbedMethod
  /** How many vectors are due. */
  readonly count: number
  readonly body: JsonObject
  readonly dropped: readonly Dropped[]
}

/**
 * An OpenAI embeddings request as Gemini's. Throws `invalid_request` where there is no input, `unsupported_parameter` for token ids,
 * which mean something else to every model.
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 * @see https://ai.google.dev/api/embeddings
 */
export function embedRequestFromOpenAi(body: JsonObject, model: string): ConvertedEmbedRequest {
  const report = new Report()
  const root: ProtoMessage = { fields: body, path: '' }
  const outputDimensionality = numberIn(root, 'dimensions')
  const format = textIn(root, 'encodingFormat')
  if (format !== undefined && format !== 'float' && format !== 'base64')
    reject('encoding_format', 'must be "float" or "base64"')
  for (const { name, path } of membersOf(root)) {
    if (!['model', 'input', 'dimensions', 'encodingFormat'].includes(name))
      report.drop(path, 'Gemini has nothing like it')
  }
  const requests = inputsOf(body.input, report).map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...(outputDimensionality !== undefined && { outputDimensionality }),
  }))
  const [only] = requests
  const { dropped } = report
  if (typeof body.input === 'string' && only !== undefined)
    return { method: 'embedContent', count: 1, body: only, dropped }
  return { method: 'batchEmbedContents', count: requests.length, body: { requests }, dropped }
}

function inputsOf(input: unknown, report: Report): string[] {
  const inputs: unknown[] = Array.isArray(input) ? input : [input]
  if (inputs.length === 0) reject('input', 'must not be empty')
  return inputs.map((entry, index) => {
    if (typeof entry === 'string') return entry
    const path = Array.isArray(input) ? `input[${index}]` : 'input'
    if (typeof entry === 'number' || Array.isArray(entry))
      return report.refuse(path, 'token ids differ from model to model')
    return reject(path, 'must be text')
  })
}

export interface EmbedAnswerOptions {
  /** The model that the answer names. */
  readonly model: string
  /** How many vectors are due: which belongs to which text is told by their order alone. */
  readonly count: number
  /** OpenAI's `encoding_format`: base64 is 32-bit floats, little endian. */
  readonly encodingFormat?: unknown
}

/** Gemini's answer as OpenAI's. Throws `upstream_malformed`, or the error that the body is. */
export function embedAnswerToOpenAi(
  answer: unknown,
  { model, count, encodingFormat }: EmbedAnswerOptions,
): JsonObject {
  if (!isJsonObject(answer)) throw malformed()
  const error = decodeError(answer.error)
  if (error !== undefined) throw error
  const embeddings: unknown[] = Array.isArray(answer.embeddings) ? answer.embeddings : [answer.embedding]
  if (embeddings.length !== count) throw malformed()
  const data = embeddings.map((embedding, index) => {
    const values = numbersOf(isJsonObject(embedding) ? embedding.values : undefined)
    return { object: 'embedding', index, embedding: encodingFormat === 'base64' ? toBase64(values) : values }
  })
  const usage = isJsonObject(answer.usageMetadata) ? answer.usageMetadata : {}
  const tokens = countOf(usage.promptTokenCount)
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

/**
 * A Gemini embedding request as OpenAI's. Throws `invalid_request` where it is malformed, `unsupported_parameter` where it holds more
 * than text, or where its parts want vectors of different lengths.
 */
export function embedRequestToOpenAi(
  body: JsonObject,
  model: string,
  method: EmbedMethod,
): ConvertedEmbedRequest {
  const report = new Report()
  const root: ProtoMessage = { fields: body, path: '' }
  const requests = method === 'embedContent' ? [root] : messagesIn(root, 'requests')
  if (requests.length === 0) reject('requests', 'must be a list with at least one entry')
  const inputs = requests.map((request) => textOfRequest(request, report))
  const lengths = new Set(requests.map((request) => numberIn(request, 'outputDimensionality')))
  if (lengths.size > 1)
    report.refuse('requests', 'the provider gives all vectors of a request the same length')
  const [dimensions] = lengths
  return {
    method,
    count: inputs.length,
    body: {
      model,
      input: method === 'embedContent' ? inputs[0] : inputs,
      ...(dimensions !== undefined && { dimensions }),
      encoding_format: 'float',
    },
    dropped: report.dropped,
  }
}

function textOfRequest(request: ProtoMessage, report: Report): string {
  for (const { name, path } of membersOf(request)) {
    if (!['model', 'content', 'outputDimensionality', 'requests'].includes(name))
      report.drop(path, 'the provider has nothing like it')
  }
  const content = messageIn(request, 'content') ?? reject(join(request.path, 'content'), 'is missing')
  const parts = messagesIn(content, 'parts')
  if (parts.length === 0) reject(join(content.path, 'parts'), 'must be a list with at least one entry')
  if (parts.length > 1) report.approximate(content.path, 'several parts become one text')
  const texts = parts.map(
    (part) => textIn(part, 'text') ?? report.refuse(part.path, 'the provider embeds text only'),
  )
  return texts.join('\n')
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** OpenAI's answer as Gemini's. Throws `upstream_malformed`, or the error that the body is. */
export function embedAnswerFromOpenAi(
  answer: unknown,
  { method, count }: Pick<ConvertedEmbedRequest, 'method' | 'count'>,
): JsonObject {
  if (!isJsonObject(answer)) throw malformed()
  const error = decodeOpenAiError(answer.error)
  if (error !== undefined) throw error
  const data: unknown[] = Array.isArray(answer.data) ? answer.data : []
  const embeddings = data
    .filter(isJsonObject)
    .toSorted((a, b) => countOf(a.index) - countOf(b.index))
    .map(({ embedding }) => ({ values: valuesOf(embedding) }))
  const [first] = embeddings
  if (first === undefined || embeddings.length !== count) throw malformed()
  const counts = isJsonObject(answer.usage) ? usageOf(answer.usage) : {}
  return method === 'embedContent' ? { embedding: first, ...counts } : { embeddings, ...counts }
}

function usageOf({ prompt_tokens: prompt, total_tokens: total }: JsonObject): JsonObject {
  return { usageMetadata: { promptTokenCount: countOf(prompt), totalTokenCount: countOf(total) } }
}

function valuesOf(embedding: unknown): number[] {
  return typeof embedding === 'string' ? fromBase64(embedding) : numbersOf(embedding)
}

function numbersOf(values: unknown): number[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values
  throw malformed()
}

function toBase64(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % 4 !== 0) throw malformed()
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

function malformed(): GatewayError {
  return new GatewayError('upstream_malformed', 'The provider did not send an embedding for each text.')
}
