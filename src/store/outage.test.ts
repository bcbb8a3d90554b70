import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePostgresDatabase, onPostgres, POSTGRES_PROBLEM } from '../../test/support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../../test/support/postgres-server.ts'
import { openForTest } from '../../test/support/store.ts'
import { until } from '../../test/support/until.ts'
import type { Db } from './database.ts'
import { insertTeam, listTeams } from './teams.ts'

const reason = POSTGRES_PROBLEM === undefined ? '' : ` (skipped: ${POSTGRES_PROBLEM})`

async function serverPids(db: Db): Promise<number[]> {
  const query = sql<{ pid: number }>`
    select pid from pg_stat_activity where application_name = 'llm-gateway' and datname = current_database()`
  return (await query.execute(db)).rows.map(({ pid }) => pid)
}

describe.skipIf(POSTGRES_PROBLEM !== undefined)(`PostgreSQL${reason}`, () => {
  test('connections that the server ends hurt nobody, and changes are heard of again', async () => {
    const url = await makePostgresDatabase()
    const errors: unknown[] = []
    const store = await openForTest({ url, onError: (error) => errors.push(error) })
    await store.migrate()
    let calls = 0
    store.watch(() => {
      calls++
    })
    await until(() => calls === 1)
    const name = new URL(url).pathname.slice(1)
    await onPostgres(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await until(() => errors.length >= 2) // the pool's and the listener's
    await until(() => insertTeam(store.db, { name: 'blue' }).catch(() => undefined))
    await until(() => calls >= 2)
    for (const error of errors) expect(error).toMatchObject({ code: 'store_unavailable' })
  })

  test('a transaction whose connection ends fails as a whole', async () => {
    const store = await openForTest({ url: await makePostgresDatabase() })
    await store.migrate()
    const broken = store.db.transaction().execute(async (tx) => {
      await insertTeam(tx, { name: 'blue' })
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx)
    })
    await expect(broken).rejects.toMatchObject({ code: 'store_unavailable' })
    expect((await listTeams(store.db, { limit: 9 })).items).toEqual([])
  })

  test('a lock that somebody holds does not hold a query beyond its deadline', async () => {
    const url = await makePostgresDatabase()
    const store = await openForTest({ url, queryTimeoutMs: 300 })
    await store.migrate()
    const holder = new pg.Client(url)
    await holder.connect()
    await holder.query('begin; lock table team')
    await expect(insertTeam(store.db, { name: 'blue' })).rejects.toMatchObject({ code: 'store_unavailable' })
    await holder.query('commit')
    await holder.end()
    expect(await insertTeam(store.db, { name: 'blue' })).toMatchObject({ version: 1 })
  })

  test('no server, no database, no password: unavailable, and the password is in no error', async () => {
    const good = new URL(await makePostgresDatabase())
    const secret = 'hunter2-and-more'
    const urls = [
      `postgres://someone:${secret}@127.0.0.1:1/gateway`,
      `postgres://postgres:${secret}@${good.host}/postgres`,
      `postgres://postgres:${secret}@no.such.host.invalid/postgres`,
    ]
    for (const url of urls) {
      const store = await openForTest({ url, queryTimeoutMs: 2000 })
      const error: unknown = await store.ping().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'store_unavailable' })
      const { message, stack, cause } = error as Error
      expect(JSON.stringify([message, stack, String(cause), cause])).not.toContain(secret)
    }
    const malformed = openForTest({ url: `not a url ${secret}` })
    await expect(malformed).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  describe('a server that hangs', () => {
    let server: PostgresServer | undefined
    beforeAll(async () => {
      server = await startPostgresServer()
    })
    afterAll(async () => await server?.stop())

    test('makes queries fail within their deadline, on old connections and new ones', async () => {
      const { url = '', pid = 0 } = server ?? {}
      const store = await openForTest({ url, queryTimeoutMs: 300, poolSize: 2 })
      await store.migrate()
      await Promise.all([store.ping(), store.ping()])
      const frozen = [...(await serverPids(store.db)), pid]
      for (const each of frozen) process.kill(each, 'SIGSTOP')
      try {
        for (let round = 0; round < 3; round++) {
          const outcomes = await Promise.allSettled([store.ping(), store.ping(), store.ping()])
          expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
        }
        await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
      } finally {
        for (const each of frozen) process.kill(each, 'SIGCONT')
      }
      await until(() =>
        store.ping().then(
          () => true,
          () => false,
        ),
      )
    })
  })
})
