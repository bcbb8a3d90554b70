import { startGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-tests'
export const ROOT = '/api/admin/v1'

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Body = any

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
  readonly text: string
}

export interface Call {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface AdminClient {
  readonly gateway: TestGateway
  /** A request below the API's root, with the admin token. */
  call(method: string, path: string, call?: Call): Promise<Answer>
  close(): Promise<void>
}

/** A real gateway with an admin token, and somebody who has it. Accounts may point at loopback, where the simulator is. */
export async function startAdmin(options: TestGatewayOptions = {}): Promise<AdminClient> {
  const gateway = await startGateway({
    yaml: 'admin: { allow_private_upstreams: true }',
    ...options,
    environment: { LLM_GATEWAY_ADMIN_TOKEN: ADMIN_TOKEN, ...options.environment },
  })
  return {
    gateway,
    call: (method, path, { body, headers } = {}) =>
      send(`${gateway.url}${ROOT}${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    close: () => gateway.close(),
  }
}

/** A request to anywhere. A body without a type is JSON. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const headers = new Headers(init.headers)
  if (init.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const response = await fetch(url, { ...init, headers })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text }
}

export interface Operation {
  readonly method: string
  /** With `{id}` in it, as the document has it. */
  readonly path: string
  readonly description: Body
}

/** The OpenAPI document, and every operation in it. */
export async function readDocument(url: string): Promise<{ document: Body; operations: Operation[] }> {
  const { body: document } = await send(`${url}/openapi.json`)
  const operations = Object.entries<Body>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Body>(methods).map(([method, description]) => ({
      method: method.toUpperCase(),
      path,
      description,
    })),
  )
  return { document, operations }
}
