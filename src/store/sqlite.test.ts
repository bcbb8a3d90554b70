import { stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { makeDatabaseFile, makeStore, openForTest } from '../../test/support/store.ts'
import { runJob } from '../../test/support/store-processes.ts'
import { insertTeam, listTeams } from './teams.ts'
import { inTransaction } from './transaction.ts'

test('the file and what lies beside it are for their owner only', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.migrate()
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777
  expect(await modeOf(dirname(file))).toBe(0o700)
  for (const path of [file, `${file}-wal`, `${file}-shm`]) expect(await modeOf(path)).toBe(0o600)
})

test('while another process writes, a change waits, and everything else goes on', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.migrate()
  const other = new Sqlite(file)
  other.exec('begin immediate')
  let turns = 0
  const timer = setInterval(() => turns++, 5)
  const change = insertTeam(store.db, { name: 'blue' })
  await new Promise((resolve) => setTimeout(resolve, 150))
  clearInterval(timer)
  other.exec('commit')
  other.close()
  expect(await change).toMatchObject({ name: 'blue' })
  expect(turns).toBeGreaterThan(5)
})

test('a process that writes for too long makes changes fail, not hang', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file, queryTimeoutMs: 100 })
  await store.migrate()
  const other = new Sqlite(file)
  other.exec('begin immediate')
  await expect(insertTeam(store.db, { name: 'blue' })).rejects.toMatchObject({ code: 'store_unavailable' })
  expect((await listTeams(store.db, { limit: 1 })).items).toEqual([])
  other.exec('commit')
  other.close()
  expect(await insertTeam(store.db, { name: 'blue' })).toMatchObject({ name: 'blue' })
})

test('several processes write at once, and nothing is lost', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.migrate()
  const namesOf = (writer: number) => Array.from({ length: 25 }, (_, index) => `${writer}-${index}`)
  const jobs = [0, 1, 2].map((writer) =>
    runJob({ type: 'insert-teams', location: { file }, names: namesOf(writer) }),
  )
  await Promise.all([...jobs, ...namesOf(3).map((name) => insertTeam(store.db, { name }))])
  expect((await listTeams(store.db, { limit: 500 })).items).toHaveLength(100)
})

test('a transaction inside a transaction is the same one', async () => {
  const store = await makeStore()
  const nested = inTransaction(store, async (tx) => {
    await inTransaction({ db: tx }, async (inner) => await insertTeam(inner, { name: 'blue' }))
    throw new Error('on purpose')
  })
  await expect(nested).rejects.toThrow('on purpose')
  expect((await listTeams(store.db, { limit: 1 })).items).toEqual([])
})

test('a file that is no database is unavailable, and so is a folder that cannot be made', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.close()
  await writeFile(file, 'this is a text file and certainly no database'.repeat(100))
  await expect(openForTest({ file })).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('no SQLite database') as unknown,
  })
  await expect(openForTest({ file: `${file}/below/gateway.db` })).rejects.toMatchObject({
    code: 'store_unavailable',
  })
})

test('a store that is closed says so', async () => {
  const store = await makeStore()
  await store.close()
  await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
})
