import type { CustomFetch } from 'openid-client'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import type { UpstreamConnections } from '../upstream/connections.ts'
import type { OAuthSettings } from './oauth-settings.ts'

/** How token endpoints are reached: like `fetch`. */
export type TokenFetch = CustomFetch

const TIMEOUT_MS = 15_000

/** Token requests over the gateway's own connections, and so through its proxies and its checks of addresses. */
export function fetchThrough(connections: Pick<UpstreamConnections, 'fetchWhole'>): TokenFetch {
  return async (url, { method, headers, body }) => {
    const { origin, pathname, search } = new URL(url)
    const request = {
      origin,
      path: pathname + search,
      method,
      headers,
      body: Buffer.from(body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : ''),
    }
    const reason = new GatewayError('upstream_timeout', 'The authorization server did not answer in time.')
    const answer = await connections.fetchWhole(request, TIMEOUT_MS, reason)
    return new Response(new Uint8Array(answer.body), {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    })
  }
}

/** `fetch` as one authorization server needs it: its way of writing requests, and our leniency with its answers. */
export function adaptFetch(fetch: TokenFetch, { tokenRequestFormat }: OAuthSettings): TokenFetch {
  return async (url, options) => {
    const isForm = tokenRequestFormat === 'form' || !(options.body instanceof URLSearchParams)
    return readLeniently(await fetch(url, isForm ? options : asJson(options)))
  }
}

function asJson(options: Parameters<TokenFetch>[1]): Parameters<TokenFetch>[1] {
  const parameters = options.body instanceof URLSearchParams ? [...options.body] : []
  const headers = { ...options.headers, 'content-type': 'application/json' }
  return { ...options, headers, body: JSON.stringify(Object.fromEntries(parameters)) }
}

/**
 * The answer with what we need of it. An identity token is left out, since nobody here asks who signed in, and it could only fail to
 * verify; so are members that are null, which stand for absent ones.
 */
async function readLeniently(response: Response): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json' })
  const retryAfter = response.headers.get('retry-after')
  if (retryAfter !== null) headers.set('retry-after', retryAfter)
  const text = await response.text()
  const body = parseObject(text)
  if (body === undefined) return new Response(text, { status: statusFor(response), headers })
  const kept = Object.entries(body).filter(([name, value]) => value !== null && name !== 'id_token')
  const isGrant = typeof body.access_token === 'string' && body.token_type === undefined
  const cleaned = { ...(isGrant ? { token_type: 'Bearer' } : {}), ...Object.fromEntries(kept) }
  return new Response(JSON.stringify(cleaned), { status: statusFor(response), headers })
}

/** Any success is one: some servers answer 201. One without content cannot carry a body. */
function statusFor({ ok, status }: Response): number {
  return ok ? 200 : status
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
