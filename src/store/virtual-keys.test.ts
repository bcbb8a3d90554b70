import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import type { Db } from './database.ts'
import { touchVirtualKeys } from './key-usage.ts'
import { readRevision } from './revision.ts'
import { insertTeam, removeTeam } from './teams.ts'
import {
  findVirtualKeyByHash,
  getVirtualKey,
  insertVirtualKey,
  listVirtualKeys,
  type NewVirtualKey,
  removeVirtualKey,
  rotateVirtualKey,
  updateVirtualKey,
} from './virtual-keys.ts'

const NOW = 1_795_000_000_000

function newKey(name: string, more: Partial<NewVirtualKey> = {}): NewVirtualKey {
  return {
    name,
    secretSha256: `hash-of-${name}`,
    secretHint: 'abcd',
    permissions: ['read', 'write'],
    ...more,
  }
}

async function addKeys(db: Db, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await insertVirtualKey(db, newKey(`key ${index}`, { accountId: `a${index % 2}` }), NOW + (index % 3))
  }
}

describeEngines((engine) => {
  test('a key is found as it was made, by id, by name and by its secret', async () => {
    const { db } = await engine.open()
    const team = await insertTeam(db, { name: 'blue' })
    const key = await insertVirtualKey(
      db,
      newKey('Käse "1" 🧀', {
        teamId: team.id,
        accountId: 'upstream_1',
        models: ['gpt-*'],
        endpoints: [],
        expiresAtMs: NOW + 5,
        isStrict: true,
        quotaPerHour: 0,
        metadata: { nested: { list: [1, null, 'ü'] } },
        modelRoutes: { routes: [] },
      }),
      NOW,
    )
    expect(key).toMatchObject({
      isStrict: true,
      isPassthrough: false,
      endpoints: [],
      createdAtMs: NOW,
      version: 1,
    })
    expect(key.id).toMatch(/^key_[2-7a-z]{16}$/)
    expect(await getVirtualKey(db, key.id)).toEqual(key)
    expect(await getVirtualKey(db, key.name)).toEqual(key)
    expect(await findVirtualKeyByHash(db, key.secretSha256, NOW)).toEqual(key)
    expect(await getVirtualKey(db, 'no such key')).toBeUndefined()
  })

  test('an id goes before a name', async () => {
    const { db } = await engine.open()
    const first = await insertVirtualKey(db, newKey('first'))
    await insertVirtualKey(db, newKey(first.id))
    expect(await getVirtualKey(db, first.id)).toEqual(first)
  })

  test('a name or secret that is taken is a conflict that names the field, without telling the value', async () => {
    const { db } = await engine.open()
    await insertVirtualKey(db, newKey('one'))
    await expect(insertVirtualKey(db, newKey('one', { secretSha256: 'x' }))).rejects.toMatchObject({
      code: 'conflict',
      path: 'name',
    })
    const failure: unknown = await insertVirtualKey(db, newKey('two', { secretSha256: 'hash-of-one' })).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 'conflict', path: 'secret_sha256' })
    expect(JSON.stringify([failure, String((failure as Error).cause)])).not.toContain('hash-of-one')
  })

  test('a team has to exist, and cannot go while it has keys', async () => {
    const { db } = await engine.open()
    await expect(insertVirtualKey(db, newKey('one', { teamId: 'team_x' }))).rejects.toMatchObject({
      code: 'not_found',
    })
    const team = await insertTeam(db, { name: 'blue' })
    const key = await insertVirtualKey(db, newKey('one', { teamId: team.id }))
    await expect(removeTeam(db, team.id)).rejects.toMatchObject({ code: 'conflict' })
    await removeVirtualKey(db, key.id)
    expect(await removeTeam(db, team.id)).toEqual(team)
  })

  test('a change changes what it names and counts the version', async () => {
    const { db } = await engine.open()
    const key = await insertVirtualKey(db, newKey('one', { models: ['a'], quotaPerHour: 5 }), NOW)
    const changed = await updateVirtualKey(
      db,
      key.id,
      { quotaPerHour: null, isStrict: true },
      { nowMs: NOW + 9 },
    )
    expect(changed).toEqual({ ...key, quotaPerHour: null, isStrict: true, updatedAtMs: NOW + 9, version: 2 })
    expect(await getVirtualKey(db, key.id)).toEqual(changed)
  })

  test('of many changes to one version exactly one wins', async () => {
    const { db } = await engine.open()
    const key = await insertVirtualKey(db, newKey('one'))
    const attempts = Array.from({ length: 20 }, (_, index) =>
      updateVirtualKey(db, key.id, { quotaPerHour: index }, { expectedVersion: 1 }).then(
        () => 'won',
        (error: { code: string }) => error.code,
      ),
    )
    const outcomes = await Promise.all(attempts)
    expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'version_conflict')).toHaveLength(19)
    expect((await getVirtualKey(db, key.id))?.version).toBe(2)
  })

  test('what is not there cannot be changed or removed', async () => {
    const { db } = await engine.open()
    const revision = await readRevision(db)
    await expect(updateVirtualKey(db, 'key_x', { status: 'revoked' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(removeVirtualKey(db, 'key_x')).rejects.toMatchObject({ code: 'not_found' })
    expect(await readRevision(db)).toBe(revision)
  })

  test('after a rotation the secret before works until its time', async () => {
    const { db } = await engine.open()
    const key = await insertVirtualKey(db, newKey('one'))
    const rotation = { newHash: 'new-hash', newHint: 'wxyz', previousUntilMs: NOW + 10 }
    expect(await rotateVirtualKey(db, key.id, rotation)).toMatchObject({ secretHint: 'wxyz', version: 2 })
    expect((await findVirtualKeyByHash(db, 'new-hash', NOW + 20))?.id).toBe(key.id)
    expect((await findVirtualKeyByHash(db, 'hash-of-one', NOW + 9))?.id).toBe(key.id)
    expect(await findVirtualKeyByHash(db, 'hash-of-one', NOW + 10)).toBeUndefined()
  })

  test('a rotation without grace ends the secret before, and the one before that', async () => {
    const { db } = await engine.open()
    const key = await insertVirtualKey(db, newKey('one'))
    await rotateVirtualKey(db, key.id, { newHash: 'second', newHint: 's', previousUntilMs: NOW + 10 })
    await rotateVirtualKey(db, key.id, { newHash: 'third', newHint: 't', previousUntilMs: null })
    expect(await findVirtualKeyByHash(db, 'second', NOW)).toBeUndefined()
    expect(await findVirtualKeyByHash(db, 'hash-of-one', NOW)).toBeUndefined()
    expect((await findVirtualKeyByHash(db, 'third', NOW))?.previousSecretSha256).toBeNull()
  })

  test('pages hold every key once, newest first, whatever comes in between', async () => {
    const { db } = await engine.open()
    await addKeys(db, 7)
    const names: string[] = []
    let after: string | undefined
    do {
      const page = await listVirtualKeys(db, { limit: 2, after })
      names.push(...page.items.map(({ name }) => name))
      after = page.nextCursor ?? undefined
      await insertVirtualKey(db, newKey(`late ${names.length}`), NOW + 100)
    } while (after !== undefined)
    expect(names.toSorted()).toEqual(Array.from({ length: 7 }, (_, index) => `key ${index}`))
    expect(names.slice(0, 2).toSorted()).toEqual(['key 2', 'key 5'])
  })

  test('a list can be narrowed', async () => {
    const { db } = await engine.open()
    await addKeys(db, 4)
    const { items } = await listVirtualKeys(db, { limit: 10, accountId: 'a1', status: 'active' })
    expect(items.map(({ name }) => name).toSorted()).toEqual(['key 1', 'key 3'])
    expect((await listVirtualKeys(db, { limit: 10, status: 'revoked' })).items).toEqual([])
  })

  test.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
    [{ limit: 10, after: 'nonsense' }, 'after'],
    [{ limit: 10, after: Buffer.from('{"a":1}').toString('base64url') }, 'after'],
  ])('a page like %j is refused', async (request, path) => {
    const { db } = await engine.open()
    await expect(listVirtualKeys(db, request)).rejects.toMatchObject({ code: 'invalid_request', path })
  })

  test('uses are noted in bulk, never backwards, and count as no change', async () => {
    const { db } = await engine.open()
    await addKeys(db, 3)
    const { items } = await listVirtualKeys(db, { limit: 3 })
    const revision = await readRevision(db)
    const uses = (atMs: number) => new Map(items.map(({ id }, index) => [id, atMs + index]))
    const many = Array.from({ length: 1200 }, (_, index) => [`key_gone${index}`, NOW] as const)
    await touchVirtualKeys(db, new Map([...many, ...uses(NOW)]))
    await touchVirtualKeys(db, uses(NOW - 5))
    await touchVirtualKeys(db, new Map())
    for (const [index, { id }] of items.entries()) {
      expect(await getVirtualKey(db, id)).toMatchObject({ lastUsedAtMs: NOW + index, version: 1 })
    }
    expect(await readRevision(db)).toBe(revision)
  })
})
