import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { openForTest } from '../../test/support/store.ts'
import { runJob } from '../../test/support/store-processes.ts'
import { checkStore } from './check.ts'
import { readSteps } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { readRevision } from './revision.ts'

const STEPS = Object.keys(MIGRATIONS)

describeEngines((engine) => {
  test('the first start makes the schema, the next ones find it', async () => {
    const location = await engine.locate()
    const store = await openForTest(location)
    expect(await store.migrate()).toEqual({ applied: STEPS, version: STEPS.at(-1) })
    expect(await store.migrate()).toEqual({ applied: [], version: STEPS.at(-1) })
    const again = await openForTest(location)
    expect(await again.migrate()).toMatchObject({ applied: [] })
    expect(await checkStore(again)).toEqual({ ok: true, problems: [] })
  })

  test('of many processes that start at once on an empty database one makes the schema', async () => {
    const location = await engine.locate()
    const count = engine.name === 'PostgreSQL' ? 20 : 8
    const jobs = Array.from({ length: count }, () => runJob({ type: 'migrate', location }))
    const reports = (await Promise.all(jobs)).map((said) => JSON.parse(said) as { applied: string[] })
    expect(reports.filter(({ applied }) => applied.length > 0)).toHaveLength(1)
    const store = await openForTest(location)
    expect(await readSteps(store.db)).toEqual(STEPS)
    expect(await readRevision(store.db)).toBe(0)
  })

  test('a migration that fails half-way leaves nothing behind', async () => {
    const location = await engine.locate()
    const store = await openForTest(location)
    await sql`create table audit_entry (in_the_way integer)`.execute(store.db)
    await expect(store.migrate()).rejects.toThrow(/audit_entry/)
    expect(await readSteps(store.db)).toEqual([])
    await sql`drop table audit_entry`.execute(store.db)
    const other = await openForTest(location)
    expect(await other.migrate()).toMatchObject({ applied: STEPS })
  })

  test('a database of a newer version is refused', async () => {
    const store = await engine.open()
    await sql`insert into schema_step (name, timestamp) values ('9999-later', '2030-01-01')`.execute(store.db)
    await expect(store.migrate()).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('newer version') as string,
    })
    expect((await checkStore(store)).ok).toBe(false)
  })
})
