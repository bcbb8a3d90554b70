import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { appendAudit, listAudit, type NewAuditEntry } from './audit.ts'
import { readRevision } from './revision.ts'
import { insertTeam, listTeams } from './teams.ts'
import { inTransaction } from './transaction.ts'

const NEW: NewAuditEntry = {
  actor: 'admin',
  action: 'team.create',
  subjectType: 'team',
  subjectId: 'team_1',
  source: 'api',
}

describeEngines((engine) => {
  test('entries come back newest first, in pages, within one millisecond in the order of writing', async () => {
    const { db } = await engine.open()
    const written = []
    for (const atMs of [5, 5, 5, 6, 7]) written.push(await appendAudit(db, NEW, atMs))
    const first = await listAudit(db, { limit: 3 })
    const second = await listAudit(db, { limit: 3, after: first.nextCursor ?? '' })
    expect([...first.items, ...second.items]).toEqual(written.toReversed())
    expect(second.nextCursor).toBeNull()
  })

  test('lists can be narrowed by who, what, whom and when', async () => {
    const { db } = await engine.open()
    await appendAudit(
      db,
      { ...NEW, before: { a: 1 }, after: null, subjectName: 'blue', requestId: 'req_1' },
      10,
    )
    await appendAudit(db, { ...NEW, actor: 'other', source: 'cli' }, 20)
    await appendAudit(db, { ...NEW, subjectId: 'team_2', action: 'team.remove' }, 30)
    const times = async (filter: object) =>
      (await listAudit(db, { limit: 9, ...filter })).items.map(({ atMs }) => atMs)
    expect(await times({ actor: 'other' })).toEqual([20])
    expect(await times({ subjectType: 'team', subjectId: 'team_2' })).toEqual([30])
    expect(await times({ action: 'team.create' })).toEqual([20, 10])
    expect(await times({ fromMs: 20 })).toEqual([30, 20])
    expect(await times({ untilMs: 20 })).toEqual([10])
    expect((await listAudit(db, { limit: 1, untilMs: 20 })).items).toMatchObject([
      { before: { a: 1 }, after: null, subjectName: 'blue', requestId: 'req_1', source: 'api' },
    ])
  })

  test('a change and its entry are one: both or neither', async () => {
    const store = await engine.open()
    const add = (name: string) =>
      inTransaction(store, async (tx) => {
        const team = await insertTeam(tx, { name })
        await appendAudit(tx, { ...NEW, subjectId: team.id })
        await insertTeam(tx, { name: `${name} too` })
        if (name === 'broken') throw new Error('on purpose')
      })
    const revision = await readRevision(store.db)
    await add('whole')
    await expect(add('broken')).rejects.toThrow('on purpose')
    expect((await listTeams(store.db, { limit: 9 })).items).toHaveLength(2)
    expect((await listAudit(store.db, { limit: 9 })).items).toHaveLength(1)
    expect(await readRevision(store.db)).toBe(revision + 1)
  })
})
