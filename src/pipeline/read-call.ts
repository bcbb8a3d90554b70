import type { IncomingHttpHeaders } from 'node:http'
import type { DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { detectDialect } from '../dialects/detect.ts'
import type { RequestFacts } from '../dialects/dialect.ts'
import { DIALECTS } from '../dialects/index.ts'
import type { Endpoint } from './endpoint.ts'

/** What a request turned out to be, once its body was read. */
export interface ReadCall {
  /** The format the body is in; undefined for what is no conversation. */
  readonly dialect: DialectId | undefined
  readonly facts: RequestFacts
  /** The parsed body; undefined where there is none, or none that is JSON. */
  readonly json: JsonObject | undefined
}

const NO_FACTS: RequestFacts = { model: undefined, isStreaming: false, asksForUsage: true }

/**
 * Reads a request's body once. Throws `invalid_json` and `invalid_request` for what no upstream should see. With `forced`, the body is
 * taken for that dialect and not checked: what a pass-through key sends is between its client and the provider.
 */
export async function readCall(
  endpoint: Endpoint,
  headers: IncomingHttpHeaders,
  body: Buffer | undefined,
  forced: DialectId | undefined,
): Promise<ReadCall> {
  if (endpoint.dialect === undefined) return readOther(endpoint, headers, body)
  const json = parseObject(body)
  if (forced !== undefined) return { dialect: forced, facts: looseFacts(endpoint, json), json }
  const dialect = endpoint.detectsDialect ? detectDialect(json, headers) : endpoint.dialect
  const isNamedByPath = endpoint.deployment !== undefined && !('model' in json)
  const facts = DIALECTS[dialect].readRequest(isNamedByPath ? { ...json, model: endpoint.model } : json)
  const model = endpoint.model ?? facts.model
  const isStreaming = endpoint.isStreaming ?? facts.isStreaming
  if (model === undefined && dialect === 'gemini') {
    throw new GatewayError('invalid_request', '"model" is missing: name the model that should answer.', {
      path: 'model',
    })
  }
  return { dialect, facts: { ...facts, model, isStreaming }, json }
}

function parseObject(body: Buffer | undefined): JsonObject {
  if (body === undefined || body.length === 0) {
    throw new GatewayError('invalid_json', 'The request has no body; send a JSON object.')
  }
  const json = parseJson(body)
  if (isJsonObject(json)) return json
  throw new GatewayError('invalid_request', 'The body must be a JSON object.')
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it cannot be parsed'
    throw new GatewayError('invalid_json', `The body is not valid JSON: ${withoutExcerpt(reason)}.`, {
      cause,
    })
  }
}

/** The parser quotes the text around its complaint; a prompt does not belong into errors and logs. */
function withoutExcerpt(reason: string): string {
  const position = /at position \d+( \(line \d+ column \d+\))?/.exec(reason)?.[0]
  return position === undefined
    ? 'it ends too early or holds what JSON does not allow'
    : `unexpected text ${position}`
}

async function readOther(
  endpoint: Endpoint,
  headers: IncomingHttpHeaders,
  body: Buffer | undefined,
): Promise<ReadCall> {
  const type = headers['content-type'] ?? ''
  if (body === undefined || body.length === 0)
    return { dialect: undefined, facts: { ...NO_FACTS, model: endpoint.model }, json: undefined }
  if (type.startsWith('multipart/form-data')) {
    const model = endpoint.model ?? (await multipartModel(type, body))
    return { dialect: undefined, facts: { ...NO_FACTS, model }, json: undefined }
  }
  if (!type.includes('json'))
    return { dialect: undefined, facts: { ...NO_FACTS, model: endpoint.model }, json: undefined }
  const json = parseObject(body)
  return { dialect: undefined, facts: looseFacts(endpoint, json), json }
}

function looseFacts(endpoint: Endpoint, json: JsonObject): RequestFacts {
  const model = endpoint.model ?? (typeof json.model === 'string' ? json.model : undefined)
  return { model, isStreaming: endpoint.isStreaming ?? json.stream === true, asksForUsage: true }
}

/** Forms carry the model as a field: transcriptions and image edits. @see https://www.rfc-editor.org/rfc/rfc7578 */
async function multipartModel(type: string, body: Buffer): Promise<string | undefined> {
  let models: unknown[]
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    models = form.getAll('model')
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The multipart body cannot be read.', { cause })
  }
  // which of two an upstream would take is anybody's guess
  if (models.length > 1)
    throw new GatewayError('invalid_request', 'The form names "model" twice.', { path: 'model' })
  return typeof models[0] === 'string' ? models[0] : undefined
}
