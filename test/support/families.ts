import { type Answer, bearer, chatBody, type Json, type Request, send } from './client.ts'

/** How the clients of one API family ask, and where they look for what went wrong. */
export interface Family {
  readonly name: 'OpenAI' | 'Anthropic' | 'Gemini'
  /** Where a conversation with this model is asked for. */
  path(model: string): string
  body(model: string): object
  credential(key: string): Record<string, string>
  /** The permanent code in an error body. */
  codeOf(json: Json): string
  /** Fails unless the body is an error in the family's own shape. */
  shape(status: number): object
}

const TEXT = { asymmetricMatch: (value: unknown) => typeof value === 'string' && value !== '' }
const openai: Family = {
  name: 'OpenAI',
  path: () => '/v1/chat/completions',
  body: (model) => chatBody(model),
  credential: bearer,
  codeOf: (json) => json.error.code,
  shape: () => ({ error: { message: TEXT, type: TEXT, code: TEXT } }),
}

const anthropic: Family = {
  name: 'Anthropic',
  path: () => '/v1/messages',
  body: (model) => chatBody(model, { max_tokens: 100 }),
  credential: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  codeOf: (json) => json.error.details.error_code,
  shape: () => ({ type: 'error', error: { type: TEXT, message: TEXT }, request_id: TEXT }),
}

const gemini: Family = {
  name: 'Gemini',
  path: (model) => `/v1beta/models/${model}:generateContent`,
  body: () => ({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
  credential: (key) => ({ 'x-goog-api-key': key }),
  codeOf: (json) => json.error.details[0].reason.toLowerCase(),
  shape: (status) => ({ error: { code: status, message: TEXT, status: TEXT } }),
}

export const FAMILIES = [openai, anthropic, gemini] as const

/** A conversation in the family's own way, parts of the request replaced where given. */
export function converse(
  url: string,
  family: Family,
  key: string,
  changes: Request & { readonly model?: string; readonly path?: string } = {},
): Promise<Answer> {
  const { model = 'simulated', path = family.path(model), ...request } = changes
  return send(url + path, {
    body: family.body(model),
    ...request,
    headers: { ...family.credential(key), ...request.headers },
  })
}
