import { access, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { makeDatabaseFile, makeStore, openForTest } from '../../test/support/store.ts'
import { backupStore } from './backup.ts'
import { checkStore } from './check.ts'
import { getTeam, insertTeam } from './teams.ts'

describeEngines((engine) => {
  test('a row that cannot be read is named, without its content', async () => {
    const store = await engine.open()
    const team = await insertTeam(store.db, { name: 'blue', metadata: {} })
    await sql`update team set metadata = '{"secret": broken'`.execute(store.db)
    expect(await checkStore(store)).toEqual({
      ok: false,
      problems: [`team ${team.id}: column metadata does not hold JSON`],
    })
  })

  test.each([
    ['models', '{}'],
    ['models', '[1]'],
    ['metadata', '[]'],
  ])('the column %s does not take %s', async (column, json) => {
    const store = await engine.open()
    await insertTeam(store.db, { name: 'blue' })
    await sql`update team set ${sql.ref(column)} = ${json}`.execute(store.db)
    expect((await checkStore(store)).problems).toHaveLength(1)
  })

  test('a database without schema is not in order', async () => {
    const store = await openForTest(await engine.locate())
    expect((await checkStore(store)).ok).toBe(false)
  })
})

test('damage to a SQLite file is found', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.migrate()
  const other = new Sqlite(file)
  other.pragma('foreign_keys = OFF')
  other.exec(
    `insert into virtual_key (id, name, secret_sha256, secret_hint, team_id, permissions, status, is_strict, is_passthrough, created_at_ms, updated_at_ms, version)
     values ('key_x', 'x', 'hash', 'hint', 'team_gone', '[]', 'active', 0, 0, 1, 1, 1)`,
  )
  other.close()
  expect(await checkStore(store)).toMatchObject({
    ok: false,
    problems: ['virtual_key: a row refers to a team that does not exist'],
  })
})

test('a backup is a database of its own, made while the other is in use', async () => {
  const store = await makeStore()
  const file = await makeDatabaseFile()
  for (let index = 0; index < 50; index++) await insertTeam(store.db, { name: `team ${index}` })
  await Promise.all([backupStore(store, file), insertTeam(store.db, { name: 'meanwhile' })])
  const copy = await openForTest({ file })
  expect(await copy.migrate()).toMatchObject({ applied: [] })
  expect(await checkStore(copy)).toEqual({ ok: true, problems: [] })
  expect(await getTeam(copy.db, 'team 49')).toBeDefined()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a backup does not overwrite anything, and leaves nothing behind where it fails', async () => {
  const store = await makeStore()
  const file = await makeDatabaseFile()
  await backupStore(store, file)
  await expect(backupStore(store, file)).rejects.toMatchObject({ code: 'conflict' })
  await writeFile(join(dirname(file), 'no-folder'), '')
  await expect(backupStore(store, join(dirname(file), 'no-folder', 'x'))).rejects.toMatchObject({
    code: 'store_unavailable',
  })
  expect((await readdir(dirname(file))).toSorted()).toEqual(['gateway.db', 'no-folder'])
  await access(file)
})
