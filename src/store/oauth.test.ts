import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { insertAccount } from './accounts.ts'
import type { Db } from './database.ts'
import { getFlow, insertFlow, removeExpiredFlows, takeFlow } from './oauth-flows.ts'
import { getTokens, loadTokens, markTokens, removeTokens, saveTokens } from './oauth-tokens.ts'
import { acquireRefreshLease, releaseRefreshLease } from './refresh-lease.ts'
import { readRevision } from './revision.ts'
import { listSealedFlows, listSealedTokens, replaceSealedFlow, replaceSealedTokens } from './sealed-values.ts'

async function addAccount(db: Db): Promise<string> {
  return (await insertAccount(db, { name: 'signed in', provider: 'anthropic', type: 'oauth' })).id
}

describeEngines((engine) => {
  test('tokens are kept, replaced and marked', async () => {
    const { db } = await engine.open()
    const accountId = await addAccount(db)
    const first = await saveTokens(db, { accountId, sealed: 'one', expiresAtMs: 5 }, { nowMs: 1 })
    expect(first).toMatchObject({ state: 'ok', refreshedAtMs: 1, version: 1 })
    await markTokens(db, accountId, { state: 'refresh_failed', failure: 'The provider said no.' }, 2)
    expect(await getTokens(db, accountId)).toMatchObject({
      state: 'refresh_failed',
      sealed: 'one',
      version: 2,
    })
    const second = await saveTokens(db, { accountId, sealed: 'two', expiresAtMs: null }, { nowMs: 3 })
    expect(second).toMatchObject({ state: 'ok', failure: null, createdAtMs: 1, updatedAtMs: 3, version: 3 })
    expect(await loadTokens(db)).toEqual([second])
    expect(await removeTokens(db, accountId)).toBe(true)
    expect(await removeTokens(db, accountId)).toBe(false)
    await expect(markTokens(db, accountId, { state: 'signed_out', failure: null })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('accounts that only a file declares are signed in to as well', async () => {
    const { db } = await engine.open()
    await saveTokens(db, { accountId: 'declared', sealed: 's', expiresAtMs: null })
    expect(await getTokens(db, 'declared')).toMatchObject({ state: 'ok' })
  })

  test('of fifty that want to refresh at once one may, and the next when the lease has ended', async () => {
    const { db } = await engine.open()
    const accountId = await addAccount(db)
    await saveTokens(db, { accountId, sealed: 's', expiresAtMs: 1 })
    const revision = await readRevision(db)
    const owners = Array.from({ length: 50 }, (_, index) => `process ${index}`)
    const acquire = (owner: string, nowMs: number) =>
      acquireRefreshLease(db, accountId, owner, nowMs, nowMs + 100)
    const won = await Promise.all(owners.map((owner) => acquire(owner, 1000)))
    expect(won.filter(Boolean)).toHaveLength(1)
    const owner = owners[won.indexOf(true)] ?? ''
    expect(await acquire(owner, 1050)).toBe(false)
    expect(await acquire('later', 1100)).toBe(true)
    await releaseRefreshLease(db, accountId, owner)
    expect(await acquire('too early', 1101)).toBe(false)
    await releaseRefreshLease(db, accountId, 'later')
    expect(await acquire('after release', 1101)).toBe(true)
    expect(await readRevision(db)).toBe(revision)
  })

  test('who lost the lease cannot save what it refreshed', async () => {
    const { db } = await engine.open()
    const accountId = await addAccount(db)
    await saveTokens(db, { accountId, sealed: 'old', expiresAtMs: 1 })
    await acquireRefreshLease(db, accountId, 'slow', 0, 10)
    await acquireRefreshLease(db, accountId, 'fast', 10, 20)
    const save = (leaseOwner: string) =>
      saveTokens(db, { accountId, sealed: leaseOwner, expiresAtMs: 2 }, { leaseOwner })
    await expect(save('slow')).rejects.toMatchObject({ code: 'version_conflict' })
    expect(await save('fast')).toMatchObject({ sealed: 'fast', leaseOwner: null })
  })

  test('a flow is taken once, and not after its time', async () => {
    const { db } = await engine.open()
    const accountId = await addAccount(db)
    const flow = { accountId, kind: 'code', sealed: 's', expiresAtMs: 10 } as const
    for (const id of ['one', 'two', 'three']) await insertFlow(db, { id, ...flow })
    const taken = await Promise.all(Array.from({ length: 10 }, () => takeFlow(db, 'one', 9)))
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1)
    expect(await getFlow(db, 'two', 9)).toMatchObject({ id: 'two' })
    expect(await getFlow(db, 'two', 10)).toBeUndefined()
    expect(await takeFlow(db, 'two', 10)).toBeUndefined()
    expect(await removeExpiredFlows(db, 10)).toBe(1)
    const revision = await readRevision(db)
    expect(await removeExpiredFlows(db, 10)).toBe(0)
    expect(await readRevision(db)).toBe(revision)
  })

  test('what is sealed can be sealed anew', async () => {
    const { db } = await engine.open()
    const accountId = await addAccount(db)
    await saveTokens(db, { accountId, sealed: 'tokens', expiresAtMs: null })
    await insertFlow(db, { id: 'flow', accountId, kind: 'device', sealed: 'flow', expiresAtMs: 10 })
    expect(await listSealedTokens(db, '', 5)).toEqual([{ id: accountId, sealed: 'tokens' }])
    expect(await listSealedFlows(db, '', 5)).toEqual([{ id: 'flow', sealed: 'flow' }])
    expect(await replaceSealedTokens(db, accountId, 'tokens', 'new tokens')).toBe(true)
    expect(await replaceSealedTokens(db, accountId, 'tokens', 'x')).toBe(false)
    expect(await replaceSealedFlow(db, 'flow', 'flow', 'new flow')).toBe(true)
    expect(await listSealedTokens(db, accountId, 5)).toEqual([])
    expect((await getTokens(db, accountId))?.sealed).toBe('new tokens')
  })
})
