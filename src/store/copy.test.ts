import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { makeDatabaseFile, makeStore, openForTest } from '../../test/support/store.ts'
import { startJob } from '../../test/support/store-processes.ts'
import { insertAccount } from './accounts.ts'
import { appendAudit } from './audit.ts'
import { checkStore } from './check.ts'
import { copyStore } from './copy.ts'
import { insertModelRoute } from './model-routes.ts'
import { insertFlow } from './oauth-flows.ts'
import { saveTokens } from './oauth-tokens.ts'
import { getSetting, putSetting } from './settings.ts'
import type { Store } from './store.ts'
import { writeRows } from './table-rows.ts'
import { insertTeam, removeTeam } from './teams.ts'
import { getVirtualKey, insertVirtualKey, listVirtualKeys } from './virtual-keys.ts'

/** Something in every table. */
async function fill(store: Store): Promise<void> {
  const { db } = store
  const team = await insertTeam(db, { name: 'blau "ä" 🧀', metadata: { a: [1, 2] } })
  const account = await insertAccount(db, { name: 'a', provider: 'openai', type: 'oauth', weight: 2 })
  const key = { secretSha256: 'h', secretHint: 'abcd', permissions: ['read'], teamId: team.id }
  await insertVirtualKey(db, { name: 'k', ...key, isStrict: true, expiresAtMs: 1_795_000_000_000 })
  await insertModelRoute(db, { sourceModel: '*' })
  await saveTokens(db, { accountId: account.id, sealed: 's', expiresAtMs: null })
  await insertFlow(db, { id: 'f', accountId: account.id, kind: 'device', sealed: 's', expiresAtMs: 5 })
  const entry = { actor: 'me', action: 'b', subjectType: 'c', subjectId: 'd', source: 'cli' } as const
  await appendAudit(db, { ...entry, before: { x: 1.5 } })
  await putSetting(db, 'zebra', 'stripes')
}

/** Adds many audit entries quickly. */
async function addAuditEntries({ db }: Store, count: number): Promise<void> {
  const common = { at_ms: 1, actor: 'a', action: 'b', subject_type: 'c', subject_id: 'd', source: 'cli' }
  for (let from = 0; from < count; from += 1000) {
    const length = Math.min(1000, count - from)
    const ids = Array.from({ length }, (_, index) => `audit_${String(from + index).padStart(8, '0')}`)
    await writeRows(
      db,
      'audit_entry',
      ids.map((id) => ({ ...common, id, before: `{"n":"${id}"}` })),
    )
  }
}

describeEngines((engine) => {
  test('everything arrives, is compared, and works there', async () => {
    const [from, to] = [await makeStore(), await engine.open()]
    await fill(from)
    const report = await copyStore(from, to)
    expect(Object.values(report).map(({ rows }) => rows)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
    const key = await getVirtualKey(from.db, 'k')
    expect(await getVirtualKey(to.db, 'k')).toEqual(key)
    expect(await getSetting(to.db, 'zebra')).toBe('stripes')
    expect(await getSetting(to.db, 'store.id')).not.toBe(await getSetting(from.db, 'store.id'))
    expect(await checkStore(to)).toEqual({ ok: true, problems: [] })
  })

  test('back from the copy comes the same', async () => {
    const [from, to, back] = [await makeStore(), await engine.open(), await makeStore()]
    await fill(from)
    const there = await copyStore(from, to)
    expect(await copyStore(to, back)).toEqual(there)
  })

  test('twice is once, as long as nothing has changed', async () => {
    const [from, to] = [await makeStore(), await engine.open()]
    await fill(from)
    const report = await copyStore(from, to)
    expect(await copyStore(from, to)).toEqual(report)
    await insertTeam(to.db, { name: 'new there' })
    await expect(copyStore(from, to)).rejects.toMatchObject({ code: 'conflict' })
    expect((await listVirtualKeys(to.db, { limit: 9 })).items).toHaveLength(1)
  })

  test('a target with rows of its own, or of another source, is refused', async () => {
    const [from, to] = [await makeStore(), await engine.open()]
    await insertTeam(to.db, { name: 'own' })
    await expect(copyStore(from, to)).rejects.toMatchObject({ code: 'conflict' })
    const other = await engine.open()
    await copyStore(await makeStore(), other)
    await expect(copyStore(from, other)).rejects.toMatchObject({ code: 'conflict' })
    const unmigrated = await openForTest(await engine.locate())
    await expect(copyStore(from, unmigrated)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a copy that was stopped goes on where it was', async () => {
    const [from, to] = [await makeStore(), await engine.open()]
    await fill(from)
    await addAuditEntries(from, 3000)
    const stop = new AbortController()
    const stopped = copyStore(from, to, {
      signal: stop.signal,
      onProgress: ({ table, rows }) => table === 'audit_entry' && rows >= 1000 && stop.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    let copied = 0
    const onProgress = ({ rows }: { rows: number }) => {
      copied = Math.max(copied, rows)
    }
    expect((await copyStore(from, to, { onProgress })).audit_entry.rows).toBe(3001)
    expect(copied).toBe(2001)
  })

  test('a copy whose process was killed goes on', async () => {
    const source = { file: await makeDatabaseFile() }
    const target = await engine.locate()
    const from = await openForTest(source)
    await from.migrate()
    await addAuditEntries(from, 100_000)
    const child = startJob({ type: 'copy', location: source, target })
    if (child.stdout === null) throw new Error('no output')
    for await (const line of createInterface(child.stdout)) {
      if ((JSON.parse(line) as { rows: number }).rows >= 1000) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    const to = await openForTest(target)
    await to.migrate()
    let copied = 0
    const report = await copyStore(from, to, {
      onProgress: ({ rows }) => {
        copied = rows
      },
    })
    expect(report.audit_entry.rows).toBe(100_000)
    expect(copied).toBeLessThanOrEqual(99_000)
  })

  test('a source that has changed since a copy was stopped is copied anew', async () => {
    const [from, to] = [await makeStore(), await engine.open()]
    await fill(from)
    const doomed = await insertTeam(from.db, { name: 'doomed' })
    const stop = new AbortController()
    const onProgress = () => stop.abort()
    await expect(copyStore(from, to, { signal: stop.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await removeTeam(from.db, doomed.id)
    expect((await copyStore(from, to)).team.rows).toBe(1)
  })

  test('a row that is not the same is noticed, and the next copy mends it', async () => {
    const [from, to] = [await makeStore(), await engine.open()]
    await fill(from)
    let tampering: Promise<unknown> = Promise.resolve()
    const onProgress = ({ table }: { table: string }) => {
      if (table === 'setting') tampering = sql`update account set weight = 3`.execute(to.db)
    }
    await expect(copyStore(from, to, { onProgress })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('account') as string,
    })
    await tampering
    expect((await copyStore(from, to)).account.rows).toBe(1)
  })
})
