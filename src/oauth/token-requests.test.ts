import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { UpstreamConnections } from '../upstream/connections.ts'
import { readOAuthSettings } from './settings.ts'
import { fetchThrough, type TokenFetch } from './token-fetch.ts'
import { exchangeCode, refresh } from './token-requests.ts'

const SETTINGS = readOAuthSettings('anthropic')
const GRANT = { token_type: 'Bearer', access_token: 'access', refresh_token: 'refresh', expires_in: 28_800 }

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const requests: { readonly url: string; readonly type: string | undefined; readonly body: unknown }[] = []
  const fetch: TokenFetch = async (url, options) => {
    requests.push({ url, type: options.headers['content-type'], body: options.body })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(text, { status, headers: { 'content-type': 'text/plain', ...headers } })
  }
  return { requests, server: { settings: SETTINGS, fetch } }
}

describe('a token request', () => {
  test('is JSON where the server wants that, with the state beside the code', async () => {
    const { server, requests } = answering(200, GRANT)
    const request = { redirectUri: SETTINGS.redirectUri ?? '', state: 'state', verifier: 'v'.repeat(43) }
    const answer = new URL(`${request.redirectUri}?code=the-code&state=state`)
    expect(await exchangeCode(server, answer, request)).toMatchObject({
      accessToken: 'access',
      refreshToken: 'refresh',
      expiresInMs: 28_800_000,
    })
    expect(requests[0]).toMatchObject({ url: SETTINGS.tokenEndpoint, type: 'application/json' })
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      state: 'state',
      client_id: SETTINGS.clientId,
      redirect_uri: request.redirectUri,
      code_verifier: request.verifier,
    })
  })

  test('does not mind an identity token that nobody can verify', async () => {
    const { server } = answering(200, { ...GRANT, id_token: 'no.jwt.atall' })
    expect(await refresh(server, 'old')).toMatchObject({ accessToken: 'access' })
  })

  test.each([
    [400, { error: 'invalid_grant' }, 'upstream_credentials_rejected'],
    [401, { error: 'invalid_client' }, 'upstream_credentials_rejected'],
    [400, { error: 'invalid_request' }, 'upstream_error'],
    [400, { error: { type: 'invalid_request_error' } }, 'upstream_error'],
    [429, { error: 'too_many' }, 'upstream_rate_limited'],
    [429, 'slow down', 'upstream_rate_limited'],
    [503, '<html>', 'upstream_error'],
    [302, '', 'upstream_error'],
    [200, '<html>', 'upstream_malformed'],
    [200, { access_token: 7 }, 'upstream_malformed'],
    [200, {}, 'upstream_malformed'],
  ])('answered with %i %j is %s', async (status, body, code) => {
    await expect(refresh(answering(status, body).server, 'old')).rejects.toMatchObject({ code })
  })

  test('that is to wait says for how long', async () => {
    const { server } = answering(429, {}, { 'retry-after': '7' })
    await expect(refresh(server, 'old')).rejects.toMatchObject({ retryAfterMs: 7000 })
  })

  test('that fails does not tell secrets, nor what it was answered', async () => {
    const description = 'unknown token: my-refresh-token\u001b[31m'
    const refusal = refresh(
      answering(400, { error: 'invalid_grant', error_description: description }).server,
      'my-refresh-token',
    )
    const error: Error = await refusal.then(
      () => new Error('not refused'),
      (thrown: Error) => thrown,
    )
    expect(error.message).toMatch(/invalid_grant \(unknown token: \[secret\] \[31m\)/)
    expect(error.cause).toBeUndefined()
    const { server } = answering(200, { ...GRANT, expires_in: -1 })
    await expect(refresh(server, 'old')).rejects.toSatisfy((thrown: Error) => thrown.cause === undefined)
  })
})

describe('over the gateway’s own connections', () => {
  const OPTIONS = {
    connectTimeoutMs: 1000,
    idleConnectionTimeoutMs: 1000,
    http2: false,
    httpProxy: undefined,
    httpsProxy: undefined,
    noProxy: undefined,
  }

  test('requests arrive as they are, and failures keep their code', async () => {
    const bodies: string[] = []
    const upstream = createServer((request, response) => {
      request
        .setEncoding('utf8')
        .on('data', (body) => bodies.push(`${request.method} ${request.url} ${body}`))
      request.on('end', () => response.end(JSON.stringify(GRANT)))
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const connections = new UpstreamConnections(OPTIONS)
    onTestFinished(() => connections.close())
    const { port } = upstream.address() as AddressInfo
    const overrides = { token_endpoint: `http://127.0.0.1:${port}/token?v=1`, client_id: 'me' }
    const server = { settings: readOAuthSettings('mine', overrides), fetch: fetchThrough(connections) }
    expect(await refresh(server, 'old')).toMatchObject({ accessToken: 'access' })
    expect(bodies).toEqual(['POST /token?v=1 refresh_token=old&grant_type=refresh_token&client_id=me'])

    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
    await expect(refresh(server, 'old')).rejects.toMatchObject({ code: 'upstream_unreachable' })
  })
})
