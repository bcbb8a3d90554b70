import { afterEach, describe, expect, test } from 'vitest'
import { addAccount, editAccount } from '../../src/control/accounts.ts'
import { deleteKey, editKey, issueKey, rotateKey } from '../../src/control/keys.ts'
import { createRoute } from '../../src/control/routes.ts'
import { createTeam, editTeam } from '../../src/control/teams.ts'
import { openDesk, type TestDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
let command: TestDesk

afterEach(async () => {
  await command.close()
  await gateway.close()
})

/** A gateway with nothing configured in files, and somebody at the command line beside it. */
async function start(environment: Record<string, string> = {}): Promise<void> {
  gateway = await startGateway({ demo: false, environment })
  command = await openDesk(gateway.folder, environment)
}

async function ask(secret: string, model = 'simulated', path = '/v1/chat/completions'): Promise<Response> {
  return await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  })
}

async function code(response: Response): Promise<unknown> {
  const body = (await response.json()) as { error?: { code?: unknown } }
  return body.error?.code
}

async function addSimulated(name = 'sim'): Promise<string> {
  const account = await addAccount(command.desk, {
    name,
    provider: 'simulated',
    api_key: 'sk-upstream-of-the-test',
    base_url: gateway.simulator.url,
  })
  return account.id
}

/** Within a second, as promised; a slow machine gets longer before the test calls it a failure. */
async function becomes(secret: string, status: number, model?: string): Promise<void> {
  await until(async () => (await ask(secret, model)).status === status)
}

test('a gateway that began without a store serves a key and an account as soon as a command makes them', async () => {
  await start()
  expect((await ask('sk-gw-whatever')).status).toBe(401)
  await addSimulated()
  const { secret } = await issueKey(command.desk, { name: 'team-api' })
  await becomes(secret, 200)
  const [received] = gateway.simulator.received.slice(-1)
  expect(received?.headers.authorization).toBe('Bearer sk-upstream-of-the-test')
  const served = await until(async () => (await gateway.logged()).find(({ status }) => status === 200))
  expect(served).toMatchObject({ virtual_key: 'team-api', upstream: 'sim', request: null })
  expect(gateway.logText()).not.toContain(secret)
})

describe('a running gateway', () => {
  test('refuses a key that was removed, disabled, or rotated without grace', async () => {
    await start()
    await addSimulated()
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((name) => issueKey(command.desk, { name })),
    )
    if (one === undefined || two === undefined || three === undefined) throw new Error('no keys')
    for (const { secret } of [one, two, three]) await becomes(secret, 200)
    await deleteKey(command.desk, 'one')
    await editKey(command.desk, two.id, { status: 'disabled' })
    const rotated = await rotateKey(command.desk, 'three', { graceSeconds: 0 })
    for (const { secret } of [one, two, three]) await becomes(secret, 401)
    await becomes(rotated.secret, 200)
    expect((await ask(one.secret)).status).toBe(401)
  })

  test('accepts both secrets of a rotated key within the grace period, and not after', async () => {
    await start()
    await addSimulated()
    const { secret } = await issueKey(command.desk, { name: 'one' })
    await becomes(secret, 200)
    const rotated = await rotateKey(command.desk, 'one', { graceSeconds: 1 })
    await becomes(rotated.secret, 200)
    expect((await ask(secret)).status).toBe(200)
    await becomes(secret, 401)
    expect((await ask(rotated.secret)).status).toBe(200)
  })

  test('refuses an expired key', async () => {
    await start()
    await addSimulated()
    const expires_at = new Date(Date.now() - 1000).toISOString()
    const { secret } = await issueKey(command.desk, { name: 'one', expires_at })
    await becomes(secret, 401)
    expect(await code(await ask(secret))).toBe('invalid_api_key')
  })

  test('holds a key to its models and endpoints, and to those of its team', async () => {
    await start()
    await addSimulated()
    await createTeam(command.desk, { name: 'red', models: ['simulated*'], endpoints: ['chat/completions'] })
    const { secret } = await issueKey(command.desk, {
      name: 'one',
      team: 'red',
      models: ['simulated', 'gpt-*'],
    })
    await becomes(secret, 200)
    expect(await code(await ask(secret, 'gpt-6'))).toBe('model_not_allowed')
    expect(await code(await ask(secret, 'simulated-slow'))).toBe('model_not_allowed')
    expect((await ask(secret, 'simulated', '/v1/responses')).status).toBe(403)
    await editTeam(command.desk, 'red', { status: 'disabled' })
    await becomes(secret, 401)
  })

  test('follows routes, own and global, and accounts that come and go', async () => {
    await start()
    const accountId = await addSimulated()
    await createRoute(command.desk, {
      source_model: 'fast',
      target_model: 'simulated',
      target_provider: 'sim',
    })
    const { secret } = await issueKey(command.desk, {
      name: 'one',
      model_routes: { routes: [{ source_model: 'own', target_model: 'simulated', target_provider: 'sim' }] },
    })
    await becomes(secret, 200, 'fast')
    await becomes(secret, 200, 'own')
    await editAccount(command.desk, accountId, { status: 'disabled' })
    await becomes(secret, 404, 'fast')
    expect((await ask(secret, 'own')).status).toBe(404)
  })

  test('uses a new credential of an account', async () => {
    await start()
    const accountId = await addSimulated()
    const { secret } = await issueKey(command.desk, { name: 'one' })
    await becomes(secret, 200)
    await editAccount(command.desk, accountId, { api_key: 'sk-the-next-credential' })
    const credential = async () => {
      await ask(secret)
      return gateway.simulator.received.at(-1)?.headers.authorization
    }
    await until(async () => (await credential()) !== 'Bearer sk-upstream-of-the-test')
    expect(await credential()).toBe('Bearer sk-the-next-credential')
  })

  test('reaches a provider that nobody knows where its account says', async () => {
    await start()
    const body = { name: 'own', provider: 'mycorp', api_key: 'sk-own', base_url: gateway.simulator.url }
    await addAccount(command.desk, body)
    const { secret } = await issueKey(command.desk, { name: 'k' })
    await becomes(secret, 200, 'mycorp/simulated')
    expect(gateway.simulator.received.at(-1)).toMatchObject({ path: '/v1/chat/completions' })
  })

  test('spreads the requests of a routed key over equal accounts', async () => {
    await start()
    await addSimulated('left')
    await addSimulated('right')
    const { secret } = await issueKey(command.desk, { name: 'one' })
    await becomes(secret, 200)
    const upstreams: (string | null)[] = []
    for (let round = 0; round < 6; round++)
      upstreams.push((await ask(secret)).headers.get('x-gateway-upstream'))
    expect(upstreams.filter((name) => name === 'left')).toHaveLength(3)
    expect(upstreams.filter((name) => name === 'right')).toHaveLength(3)
  })

  test('STA-06 keeps a key’s Responses at one account, since no other can read what it stores or seals', async () => {
    await start()
    await addSimulated('left')
    await addSimulated('right')
    for (const name of ['one', 'two', 'three']) {
      const { secret } = await issueKey(command.desk, { name })
      await becomes(secret, 200)
      const own = new Set<string | null>()
      for (let round = 0; round < 4; round++) {
        const response = await fetch(`${gateway.url}/v1/responses`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'simulated', input: 'Hi' }),
        })
        own.add(response.headers.get('x-gateway-upstream'))
      }
      expect(own.size).toBe(1)
    }
  })
})
