import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { onTestFinished } from 'vitest'

export const CLIENT_ID = 'llm-gateway-test'
const SIGNING_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const CALLBACK = 'http://127.0.0.1/callback'

/** A real authorization server on loopback: PKCE, rotating refresh tokens that are refused when used twice, device flow. */
export interface TestAuthorizationServer {
  readonly origin: string
  /** `oauth` settings of an account for this server. */
  readonly overrides: Readonly<Record<string, unknown>>
  /** Requests to the token endpoint so far, by grant type. */
  tokenRequests(grantType: string): number
  /** What people do in the browser: opens an address, signs in and agrees (or not). Resolves with where it ended. */
  browse(url: string, answer?: 'agree' | 'refuse'): Promise<string>
  /** What people do at the address of a device flow. */
  enterDeviceCode(url: string, answer?: 'agree' | 'refuse'): Promise<void>
  /** Is told of every token request before it is answered, and may hold it up. */
  beforeToken: (() => Promise<void>) | undefined
  /** Token requests are answered with this status and nothing else while it is set. */
  brokenWith: number | undefined
  /** Token requests are refused with `invalid_grant` while it is set, as after somebody has withdrawn the access. */
  isWithdrawn: boolean
  /** How many were answered like that. */
  brokenRequests: number
}

/** Starts one that is gone when the test ends. */
export async function startAuthorizationServer(
  options: { readonly accessTokenSeconds?: number; readonly deviceCodeSeconds?: number } = {},
): Promise<TestAuthorizationServer> {
  const counts = new Map<string, number>()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = createProvider(origin, options)
  let decision: 'agree' | 'refuse' = 'agree'
  const running: TestAuthorizationServer = {
    origin,
    overrides: {
      authorization_endpoint: `${origin}/auth`,
      token_endpoint: `${origin}/token`,
      device_authorization_endpoint: `${origin}/device/auth`,
      client_id: CLIENT_ID,
      scopes: ['openid', 'offline_access'],
      redirect_uri: CALLBACK,
      authorization_parameters: { prompt: 'consent' },
    },
    tokenRequests: (grantType) => counts.get(grantType) ?? 0,
    browse: (url, answer = 'agree') => {
      decision = answer
      return browse(url)
    },
    enterDeviceCode: async (url, answer = 'agree') => {
      decision = answer
      await enterDeviceCode(url, answer)
    },
    beforeToken: undefined,
    brokenWith: undefined,
    isWithdrawn: false,
    brokenRequests: 0,
  }
  provider.use(async (context, next) => {
    if (context.path === '/token') await running.beforeToken?.()
    await next()
    const type = context.path === '/token' ? context.oidc.params?.grant_type : undefined
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1)
  })
  const handle = provider.callback()
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) return void interact(provider, request, response, decision)
    if (running.brokenWith !== undefined && request.url === '/token') {
      running.brokenRequests += 1
      return void response.writeHead(running.brokenWith).end('<html>broken</html>')
    }
    if (running.isWithdrawn && request.url === '/token') {
      response.writeHead(400, { 'content-type': 'application/json' })
      return void response.end('{"error":"invalid_grant"}')
    }
    handle(request, response)
  })
  return running
}

/** Pages with nothing but what {@link enterDeviceCode} needs. */
const DEVICE_PAGES = {
  enabled: true,
  userCodeInputSource: (context: { body: string }, form: string) => {
    context.body = form
  },
  userCodeConfirmSource: (context: { body: string }, form: string) => {
    context.body = form
  },
  successSource: (context: { body: string }) => {
    context.body = 'done'
  },
}

function createProvider(
  origin: string,
  options: { readonly accessTokenSeconds?: number; readonly deviceCodeSeconds?: number },
): Provider {
  return new Provider(origin, {
    // both given, so that the package does not warn of its defaults
    adapter: createMemoryAdapter(),
    jwks: { keys: [SIGNING_KEY] },
    clients: [
      {
        client_id: CLIENT_ID,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'ES256',
        redirect_uris: [CALLBACK, 'http://localhost/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      },
    ],
    features: { devInteractions: { enabled: false }, deviceFlow: DEVICE_PAGES },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    rotateRefreshToken: true,
    cookies: { keys: ['test'] },
    ttl: {
      AccessToken: options.accessTokenSeconds ?? 3600,
      AuthorizationCode: 60,
      DeviceCode: options.deviceCodeSeconds ?? 600,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
  })
}

async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  decision: 'agree' | 'refuse',
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (decision === 'refuse') {
    return await provider.interactionFinished(request, response, { error: 'access_denied' })
  }
  if (prompt.name === 'login') {
    return await provider.interactionFinished(request, response, { login: { accountId: 'somebody' } })
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: params.client_id })
  grant.addOIDCScope(params.scope ?? 'openid')
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

/** Follows redirects with cookies, until one leads away from the server, or there is none. */
async function browse(url: string, jar = new Map<string, string>(), form?: URLSearchParams): Promise<string> {
  const { origin } = new URL(url)
  let next = url
  let body = form
  for (let hops = 0; hops < 20; hops += 1) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body === undefined ? {} : { method: 'POST', body }),
    })
    keepCookies(jar, response)
    const location = response.headers.get('location')
    if (location === null) {
      const text = await response.text()
      if (response.status >= 400) throw new Error(`${response.status} at ${next}: ${text}`)
      return text
    }
    next = new URL(location, next).href
    body = undefined
    if (new URL(next).origin !== origin) return next
  }
  throw new Error('Too many redirects')
}

/** Forms of the pages: the code is posted, then confirmed or refused. */
async function enterDeviceCode(url: string, answer: 'agree' | 'refuse'): Promise<void> {
  const jar = new Map<string, string>()
  const page = await browse(url, jar)
  const hidden = (text: string, name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ??
    new RegExp(`value="([^"]*)" name="${name}"`).exec(text)?.[1] ??
    ''
  const fields = { xsrf: hidden(page, 'xsrf'), user_code: hidden(page, 'user_code') }
  const action = new URL('/device', url).href
  const confirm = await browse(action, jar, new URLSearchParams(fields))
  const decided = { xsrf: hidden(confirm, 'xsrf'), user_code: fields.user_code }
  const choice = answer === 'agree' ? { confirm: 'yes' } : { abort: 'yes' }
  await browse(action, jar, new URLSearchParams({ ...decided, ...choice })).catch((error: Error) => {
    if (answer === 'agree') throw error // a refusal is shown as an error page
  })
}

function keepCookies(jar: Map<string, string>, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) {
    const [pair = ''] = cookie.split(';')
    const at = pair.indexOf('=')
    jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
}
