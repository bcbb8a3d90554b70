import { expect, onTestFinished, test } from 'vitest'
import { addAccount, openAccount } from '../../src/control/accounts.ts'
import { issueKey } from '../../src/control/keys.ts'
import { toOAuthAccount } from '../../src/control/oauth-accounts.ts'
import { completeCodeFlow, startCodeFlow } from '../../src/oauth/code-flow.ts'
import { getTokens } from '../../src/store/oauth-tokens.ts'
import { UpstreamConnections } from '../../src/upstream/connections.ts'
import { startAuthorizationServer, type TestAuthorizationServer } from '../support/authorization-server.ts'
import { openDesk, type TestDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

interface Scene {
  readonly gateway: TestGateway
  readonly command: TestDesk
  readonly server: TestAuthorizationServer
}

async function start(accessTokenSeconds: number, yaml?: (overrides: object) => string): Promise<Scene> {
  const server = await startAuthorizationServer({ accessTokenSeconds })
  const overrides = { ...server.overrides, token_request_format: 'form', sends_state: false }
  const gateway = await startGateway({ demo: false, ...(yaml && { yaml: yaml(overrides) }) })
  const command = await openDesk(gateway.folder)
  onTestFinished(async () => {
    await command.close()
    await gateway.close()
  })
  return { gateway, command, server }
}

async function addOAuthAccount({ gateway, command, server }: Scene, priority = 0): Promise<string> {
  const { id } = await addAccount(command.desk, {
    name: 'subscription',
    type: 'oauth',
    provider: 'anthropic',
    base_url: gateway.simulator.url,
    oauth: { ...server.overrides, token_request_format: 'form', sends_state: false },
    priority,
  })
  return id
}

/** As `oauth start` and `oauth callback` do, with somebody at the browser. */
async function signIn({ command, server }: Scene, accountId: string): Promise<void> {
  const connections = new UpstreamConnections({
    connectTimeoutMs: 5000,
    idleConnectionTimeoutMs: 1000,
    http2: false,
    httpProxy: undefined,
    httpsProxy: undefined,
    noProxy: undefined,
  })
  const account = toOAuthAccount(await openAccount(command.desk, accountId), {
    db: command.desk.db,
    vault: await command.desk.vault(),
    now: Date.now,
    connections: () => connections,
  })
  const flow = await startCodeFlow(account)
  await completeCodeFlow(account, { pasted: await server.browse(flow.url) })
  await connections.close()
}

async function ask({ url }: TestGateway, secret: string): Promise<Response> {
  return await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json', 'anthropic-beta': 'other-beta' },
    body: JSON.stringify({
      model: 'claude-sonnet-4-5',
      max_tokens: 64,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  })
}

test('requests carry the token of the sign-in and the provider’s header, instead of a key', async () => {
  const scene = await start(3600)
  const accountId = await addOAuthAccount(scene)
  const { secret } = await issueKey(scene.command.desk, { name: 'one' })
  // nobody has signed in yet
  await until(async () => (await ask(scene.gateway, secret)).status === 502)
  await signIn(scene, accountId)
  await until(async () => (await ask(scene.gateway, secret)).status === 200)
  const headers: Record<string, unknown> = scene.gateway.simulator.received.at(-1)?.headers ?? {}
  expect(headers.authorization).toMatch(/^Bearer \S{20,}$/)
  expect(headers['x-api-key']).toBeUndefined()
  expect(headers['anthropic-beta']).toBe('other-beta,oauth-2025-04-20')
  expect(scene.gateway.logText()).not.toContain(String(headers.authorization).slice('Bearer '.length))
})

test('a token that is over is refreshed once for many requests', async () => {
  const scene = await start(1)
  const accountId = await addOAuthAccount(scene)
  const { secret } = await issueKey(scene.command.desk, { name: 'one' })
  await signIn(scene, accountId)
  await until(async () => (await getTokens(scene.command.desk.db, accountId))?.state === 'ok')
  await until(async () => {
    const { expiresAtMs } = (await getTokens(scene.command.desk.db, accountId)) ?? { expiresAtMs: null }
    return expiresAtMs !== null && expiresAtMs < Date.now()
  })
  await until(async () => (await ask(scene.gateway, 'nobody')).status === 401)
  const before = scene.server.tokenRequests('refresh_token')
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(scene.gateway, secret)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(scene.server.tokenRequests('refresh_token') - before).toBe(1)
})

test('a refresh that is refused marks the account, and another one answers', async () => {
  const scene = await start(1)
  const accountId = await addOAuthAccount(scene, 10)
  await addAccount(scene.command.desk, {
    name: 'key',
    provider: 'anthropic',
    api_key: 'sk-ant-of-the-other',
    base_url: scene.gateway.simulator.url,
  })
  const { secret } = await issueKey(scene.command.desk, { name: 'one' })
  await signIn(scene, accountId)
  await until(
    async () => (await ask(scene.gateway, secret)).headers.get('x-gateway-upstream') === 'subscription',
  )
  scene.server.isWithdrawn = true
  await until(async () => (await ask(scene.gateway, secret)).headers.get('x-gateway-upstream') === 'key')
  const answer = await ask(scene.gateway, secret)
  expect(answer.status).toBe(200)
  expect((await getTokens(scene.command.desk.db, accountId))?.state).toBe('refresh_failed')
})

test('an account that the config file declares is signed in to as well', async () => {
  const scene = await start(3600, (oauth) =>
    JSON.stringify({
      upstream_accounts: [
        {
          id: 'upstream_cc',
          name: 'claude-code',
          type: 'oauth',
          provider: 'anthropic',
          base_url: '{simulator}',
          oauth,
        },
      ],
    }),
  )
  const { secret } = await issueKey(scene.command.desk, { name: 'one' })
  await until(async () => (await ask(scene.gateway, secret)).status === 502)
  await signIn(scene, 'claude-code')
  await until(async () => (await ask(scene.gateway, secret)).status === 200)
  expect((await ask(scene.gateway, secret)).headers.get('x-gateway-upstream')).toBe('claude-code')
})
