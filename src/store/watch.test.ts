import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { makeDatabaseFile, openForTest } from '../../test/support/store.ts'
import { runJob } from '../../test/support/store-processes.ts'
import { until } from '../../test/support/until.ts'
import { insertAccount } from './accounts.ts'
import { appendAudit } from './audit.ts'
import { touchVirtualKeys } from './key-usage.ts'
import { saveTokens } from './oauth-tokens.ts'
import { acquireRefreshLease } from './refresh-lease.ts'
import { readRevision } from './revision.ts'
import type { Store } from './store.ts'
import { insertTeam } from './teams.ts'
import { inTransaction } from './transaction.ts'

/** Counts calls, from the first one on, which every watcher gets. */
async function watched(store: Store): Promise<{ readonly calls: () => number; readonly stop: () => void }> {
  let calls = -1
  const stop = store.watch(() => {
    calls++
  })
  await until(() => calls >= 0)
  return { calls: () => calls, stop }
}

describeEngines((engine) => {
  test('a change by this process is heard of', async () => {
    const store = await engine.open()
    const { calls } = await watched(store)
    await insertTeam(store.db, { name: 'blue' })
    await until(() => calls() >= 1)
    expect(calls()).toBe(1)
  })

  test('a change by another process is heard of', async () => {
    const location = await engine.locate()
    const store = await openForTest(location)
    await store.migrate()
    const { calls } = await watched(store)
    await runJob({ type: 'insert-teams', location, names: ['blue'] })
    await until(() => calls() >= 1)
    expect(await readRevision(store.db)).toBe(1)
  })

  test('a change is heard of when it is committed, and not if it is not', async () => {
    const store = await engine.open()
    const { calls } = await watched(store)
    const undone = inTransaction(store, async (tx) => {
      await insertTeam(tx, { name: 'red' })
      await new Promise((resolve) => setTimeout(resolve, 200)) // longer than any look takes to come
      throw new Error('on purpose')
    })
    await expect(undone).rejects.toThrow('on purpose')
    expect(calls()).toBe(0)
    await insertTeam(store.db, { name: 'blue' })
    await until(() => calls() >= 1)
    expect(calls()).toBe(1)
  })

  test('uses, leases and audit entries are no news; tokens are', async () => {
    const store = await engine.open()
    const { id } = await insertAccount(store.db, { name: 'a', provider: 'openai', type: 'oauth' })
    await saveTokens(store.db, { accountId: id, sealed: 's', expiresAtMs: 1 })
    const before = await readRevision(store.db)
    await touchVirtualKeys(store.db, new Map([['key_x', 1]]))
    await acquireRefreshLease(store.db, id, 'me', 0, 1)
    const entry = { actor: 'a', action: 'b', subjectType: 'c', subjectId: 'd', source: 'cli' } as const
    await appendAudit(store.db, entry)
    expect(await readRevision(store.db)).toBe(before)
    await saveTokens(store.db, { accountId: id, sealed: 't', expiresAtMs: 2 })
    expect(await readRevision(store.db)).toBe(before + 1)
  })

  test('a listener that throws hurts no other, and one that stopped is not called', async () => {
    const errors: unknown[] = []
    const store = await openForTest({ ...(await engine.locate()), onError: (error) => errors.push(error) })
    await store.migrate()
    store.watch(() => {
      throw new Error('on purpose')
    })
    const stopped = await watched(store)
    const { calls } = await watched(store)
    stopped.stop()
    const atStop = stopped.calls()
    await insertTeam(store.db, { name: 'blue' })
    await until(() => calls() >= 1)
    expect(stopped.calls()).toBe(atStop)
    expect(errors.map(String)).toContain('Error: on purpose')
  })
})

test('a SQLite store that cannot be read is told of once', async () => {
  const errors: unknown[] = []
  const store = await openForTest({ file: await makeDatabaseFile(), onError: (error) => errors.push(error) })
  store.watch(() => {}) // there is no schema yet
  await until(() => errors.length > 0)
  let calls = 0
  store.watch(() => {
    calls++
  })
  await store.migrate()
  await until(() => calls >= 2)
  expect(errors).toHaveLength(1)
})
