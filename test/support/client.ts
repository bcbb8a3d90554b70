// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Json = any

/** One answer as a client sees it, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where the body is not JSON. */
  readonly json: Json
}

export interface Request {
  /** POST where there is a body, else GET. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Goes out as JSON, unless it is text already. */
  readonly body?: unknown
}

/** Sends one request and reads the whole answer. Rejects where the connection breaks. */
export async function send(url: string, { method, headers, body }: Request = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

export function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` }
}

/** A Chat Completions body that every provider accepts. */
export function chatBody(model: string, more: object = {}): object {
  return { model, messages: [{ role: 'user', content: 'hi' }], ...more }
}

/** A POST of a chat completion to the generic path, the key as a bearer token. */
export function chat(url: string, key: string, model = 'simulated', more: object = {}): Promise<Answer> {
  return send(`${url}/v1/chat/completions`, { headers: bearer(key), body: chatBody(model, more) })
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
