import { createParser } from 'eventsource-parser'
import type { DialectId } from '../../src/core/dialect-id.ts'

export type Mode = 'whole' | 'streamed'

const HELLO = [{ role: 'user', content: 'Hello' }]

/** A small request of each dialect; where the model stands in the path, it is left out of the body. */
const REQUESTS: Readonly<Record<DialectId, { path: string; body: object; header: string }>> = {
  'openai-chat': { path: '/v1/chat/completions', body: { messages: HELLO }, header: 'authorization' },
  'openai-completions': {
    path: '/v1/completions',
    body: { prompt: 'Hello', max_tokens: 500 },
    header: 'authorization',
  },
  'openai-responses': { path: '/v1/responses', body: { input: 'Hello' }, header: 'authorization' },
  'anthropic-messages': {
    path: '/v1/messages',
    body: { max_tokens: 500, messages: HELLO },
    header: 'x-api-key',
  },
  gemini: {
    path: '/v1beta/models',
    body: { contents: [{ parts: [{ text: 'Hello' }] }] },
    header: 'x-goog-api-key',
  },
}

export interface Ask {
  readonly dialect: DialectId
  readonly model: string
  readonly mode: Mode
  readonly key?: string
  readonly signal?: AbortSignal
  /** More members for the body. */
  readonly body?: object
}

/** Asks as a plain HTTP client would, without any SDK. */
export function ask(
  url: string,
  { dialect, model, mode, key = 'vk_demo', signal, body }: Ask,
): Promise<Response> {
  const request = REQUESTS[dialect]
  const isNamedByPath = dialect === 'gemini'
  const named = isNamedByPath ? {} : { model, stream: mode === 'streamed' }
  const action = mode === 'streamed' ? 'streamGenerateContent?alt=sse' : 'generateContent'
  const path = isNamedByPath ? `${request.path}/${encodeURIComponent(model)}:${action}` : request.path
  return fetch(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [request.header]: request.header === 'authorization' ? `Bearer ${key}` : key,
      ...(dialect === 'anthropic-messages' ? { 'anthropic-version': '2023-06-01' } : {}),
    },
    body: JSON.stringify({ ...request.body, ...named, ...body }),
    signal: signal ?? null,
  })
}

/** Bytes of a body as far as they came, and whether it ended as HTTP wants it to. */
export async function readBody(response: Response): Promise<{ bytes: Buffer; isBroken: boolean }> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), isBroken: false }
  } catch {
    return { bytes: Buffer.concat(chunks), isBroken: true }
  }
}

export interface ReadEvent {
  readonly event: string | undefined
  readonly data: string
  /** Parsed data; undefined where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  readonly json: any
}

/** The events of a stream as a parser that is not ours sees them. */
export function parseEvents(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event, data, json: parseJson(data) }),
  })
  parser.feed(bytes.toString('utf8'))
  return events
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** True for the event that ends a stream of this dialect well. */
export function isTerminal(dialect: DialectId, { data, json }: ReadEvent): boolean {
  switch (dialect) {
    case 'openai-chat':
    case 'openai-completions':
      return data === '[DONE]'
    case 'openai-responses':
      return json?.type === 'response.completed' || json?.type === 'response.incomplete'
    case 'anthropic-messages':
      return json?.type === 'message_stop'
    case 'gemini':
      return (
        json?.candidates?.[0]?.finishReason !== undefined || json?.promptFeedback?.blockReason !== undefined
      )
  }
}

/** The code of an error, from a body or an event: ours where it is ours, else what the provider calls it. */
// biome-ignore lint/suspicious/noExplicitAny: errors have as many shapes as there are dialects
export function errorCodeOf(dialect: DialectId, json: any): string | undefined {
  switch (dialect) {
    case 'openai-chat':
    case 'openai-completions':
      return json?.error?.code ?? json?.error?.type
    case 'openai-responses': {
      const error = json?.type === 'response.failed' ? json.response.error : (json?.error ?? json)
      return /\((\w+)\)$/.exec(error?.message ?? '')?.[1] ?? error?.code ?? error?.type
    }
    case 'anthropic-messages':
      return json?.error?.details?.error_code ?? json?.error?.type
    case 'gemini':
      return json?.error?.details?.[0]?.reason?.toLowerCase() ?? json?.error?.status
  }
}
