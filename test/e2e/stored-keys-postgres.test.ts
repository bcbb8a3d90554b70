import { afterEach, describe, expect, test } from 'vitest'
import { addAccount } from '../../src/control/accounts.ts'
import { deleteKey, issueKey } from '../../src/control/keys.ts'
import { type BreakableRelay, startBreakableRelay } from '../support/breakable-relay.ts'
import { openDesk, type TestDesk } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { makePostgresDatabase, POSTGRES_PROBLEM } from '../support/postgres.ts'
import { until } from '../support/until.ts'

const MASTER_KEY = { LLM_GATEWAY_MASTER_KEY: 'b'.repeat(64) }

let open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.toReversed()) await each.close()
  open = []
})

function keep<Thing extends { close(): Promise<void> }>(thing: Thing): Thing {
  open.push(thing)
  return thing
}

async function ask({ url }: TestGateway, secret: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'simulated', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await response.arrayBuffer()
  return response.status
}

/** A gateway whose way to the database can be cut, and a command with a way of its own. */
async function start(
  environment: Record<string, string> = {},
): Promise<{ gateway: TestGateway; relay: BreakableRelay; command: TestDesk }> {
  const direct = new URL(await makePostgresDatabase())
  const relay = keep(await startBreakableRelay({ host: direct.hostname, port: Number(direct.port) }))
  const relayed = new URL(direct)
  relayed.host = `127.0.0.1:${relay.port}`
  const shared = { ...MASTER_KEY, ...environment }
  const gateway = keep(
    await startGateway({ demo: false, environment: { ...shared, DATABASE_URL: relayed.href } }),
  )
  const command = keep(await openDesk(gateway.folder, { ...shared, DATABASE_URL: direct.href }))
  await addAccount(command.desk, {
    name: 'sim',
    provider: 'simulated',
    api_key: 'sk-upstream',
    base_url: gateway.simulator.url,
  })
  return { gateway, relay, command }
}

describe.skipIf(POSTGRES_PROBLEM !== undefined)(`on PostgreSQL ${POSTGRES_PROBLEM ?? ''}`, () => {
  test('keys that a command makes and removes are served and refused within the second', async () => {
    const { gateway, command } = await start()
    const { secret } = await issueKey(command.desk, { name: 'one' })
    await until(async () => (await ask(gateway, secret)) === 200)
    await deleteKey(command.desk, 'one')
    await until(async () => (await ask(gateway, secret)) === 401)
    expect(await ask(gateway, secret)).toBe(401)
  })

  test('two gateways on one database know the same keys', async () => {
    const { gateway, command } = await start()
    const environment = { ...MASTER_KEY, DATABASE_URL: command.desk.config.database.url ?? '' }
    const second = keep(await startGateway({ demo: false, environment }))
    const { secret } = await issueKey(command.desk, { name: 'one' })
    for (const each of [gateway, second]) await until(async () => (await ask(each, secret)) === 200)
    expect(await ask(second, secret)).toBe(200)
  })

  test('without the database known keys go on, unknown ones get 503, and both are right again afterwards', async () => {
    const { gateway, relay, command } = await start()
    const known = await issueKey(command.desk, { name: 'known' })
    const unknown = await issueKey(command.desk, { name: 'unknown' })
    await until(async () => (await ask(gateway, known.secret)) === 200)
    relay.cut()
    await until(async () => (await ask(gateway, unknown.secret)) === 503)
    for (let round = 0; round < 5; round++) expect(await ask(gateway, known.secret)).toBe(200)
    await deleteKey(command.desk, 'known')
    relay.mend()
    await until(async () => (await ask(gateway, unknown.secret)) === 200)
    await until(async () => (await ask(gateway, known.secret)) === 401)
  })
})
