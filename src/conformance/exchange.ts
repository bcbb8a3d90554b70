import { createParser } from 'eventsource-parser'
import type { ApiFamily } from '../core/dialect-id.ts'
import type { FamilyUrls } from './base-url.ts'
import type { ReadEvent } from './stream-grammars/findings.ts'

/** The server that is examined, and as whom. An empty key is not sent. */
export interface Server {
  readonly urls: FamilyUrls
  readonly key: string
  /** For a whole answer, from the first byte out to the last byte in. */
  readonly timeoutMs: number
}

export interface WireRequest {
  readonly family: ApiFamily
  /** POST where there is a body, else GET. */
  readonly method?: string
  /** Behind the family's address. */
  readonly path: string
  /** JSON, or text that goes out as it is. */
  readonly body?: object | string
  /** Instead of the server's key. */
  readonly key?: string
}

/** One request and all that came back. */
export interface Exchange {
  /** `POST http://…`, for people. */
  readonly request: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where the body is not JSON. */
  readonly json: unknown
  /** Why the body broke off; undefined where it came to its end. */
  readonly brokenBy: string | undefined
}

/** Nothing came back: no connection, no headers in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** Sends one request and reads the answer, as far as it comes. Throws `NoAnswer`. */
export async function exchange(server: Server, request: WireRequest): Promise<Exchange> {
  const { family, path, body, key = server.key } = request
  const method = request.method ?? (body === undefined ? 'GET' : 'POST')
  const url = `${server.urls[family]}${path}`
  const signal = AbortSignal.timeout(server.timeoutMs)
  const response = await fetch(url, {
    method,
    headers: {
      ...credentialOf(family, key),
      ...(family === 'anthropic' && { 'anthropic-version': '2023-06-01' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'error', // the key is for this server alone
    signal,
  }).catch((error: unknown) => {
    throw new NoAnswer(`${method} ${url}: ${reasonOf(error)}`)
  })
  const { text, brokenBy } = await readText(response)
  return {
    request: `${method} ${url}`,
    status: response.status,
    headers: response.headers,
    text,
    json: parsed(text),
    brokenBy,
  }
}

/** The events of a streamed answer, as clients read them. */
export function eventsOf({ text }: Exchange): ReadEvent[] {
  const events: ReadEvent[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) })
  parser.feed(text)
  return events
}

function credentialOf(family: ApiFamily, key: string): Record<string, string> {
  if (key === '') return {}
  switch (family) {
    case 'openai':
      return { authorization: `Bearer ${key}` }
    case 'anthropic':
      return { 'x-api-key': key }
    case 'gemini':
      return { 'x-goog-api-key': key }
  }
}

async function readText(response: Response): Promise<{ text: string; brokenBy: string | undefined }> {
  const chunks: Uint8Array[] = []
  let brokenBy: string | undefined
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
  } catch (error) {
    brokenBy = reasonOf(error)
  }
  return { text: Buffer.concat(chunks).toString('utf8'), brokenBy }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
