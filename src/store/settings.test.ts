import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import {
  getModelRoute,
  insertModelRoute,
  listModelRoutes,
  loadModelRoutes,
  removeModelRoute,
  updateModelRoute,
} from './model-routes.ts'
import { getSetting, putSetting, putSettingOnce, removeSetting, replaceSetting } from './settings.ts'
import { getTeam, insertTeam, listTeams, updateTeam } from './teams.ts'

describeEngines((engine) => {
  test('a setting is put, replaced and removed', async () => {
    const { db } = await engine.open()
    expect(await getSetting(db, 'a')).toBeUndefined()
    await putSetting(db, 'a', '1')
    await putSetting(db, 'a', '2')
    expect(await replaceSetting(db, 'a', { old: '1', value: '3' })).toBe(false)
    expect(await replaceSetting(db, 'a', { old: '2', value: '3' })).toBe(true)
    expect(await getSetting(db, 'a')).toBe('3')
    expect(await removeSetting(db, 'a')).toBe(true)
    expect(await removeSetting(db, 'a')).toBe(false)
  })

  test('all who put a setting once agree on one value', async () => {
    const { db } = await engine.open()
    const values = Array.from({ length: 10 }, (_, index) => `value ${index}`)
    const agreed = await Promise.all(values.map((value) => putSettingOnce(db, 'fingerprint', value)))
    expect(new Set(agreed).size).toBe(1)
    expect(await getSetting(db, 'fingerprint')).toBe(agreed[0])
  })

  test('a team is made, changed and found', async () => {
    const { db } = await engine.open()
    const team = await insertTeam(db, { name: 'blue', models: ['gpt-*'], metadata: { costCentre: 7 } }, 1)
    expect(await getTeam(db, 'blue')).toEqual(team)
    const changed = await updateTeam(db, team.id, { status: 'disabled', models: null }, { nowMs: 2 })
    expect(changed).toEqual({ ...team, status: 'disabled', models: null, updatedAtMs: 2, version: 2 })
    expect((await listTeams(db, { limit: 1, status: 'disabled' })).items).toEqual([changed])
  })

  test('a route is made, changed, found and removed', async () => {
    const { db } = await engine.open()
    const first = await insertModelRoute(
      db,
      { sourceModel: 'a*', targetModel: 'b', capabilities: { tools: true } },
      1,
    )
    const second = await insertModelRoute(db, { sourceModel: '*', priority: -1, isEnabled: false }, 2)
    expect(await loadModelRoutes(db)).toEqual([first, second])
    expect((await listModelRoutes(db, { limit: 9 })).items).toEqual([second, first])
    const changed = await updateModelRoute(db, first.id, { isStrict: true }, { expectedVersion: 1, nowMs: 3 })
    expect(await getModelRoute(db, first.id)).toEqual(changed)
    expect(await removeModelRoute(db, first.id, { expectedVersion: 2 })).toEqual(changed)
    await expect(removeModelRoute(db, second.id, { expectedVersion: 2 })).rejects.toMatchObject({
      code: 'version_conflict',
    })
  })
})
