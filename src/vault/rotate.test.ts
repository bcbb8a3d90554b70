import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import { makeStore } from '../../test/support/store.ts'
import { getAccount, insertAccount, newAccountId, updateAccount } from '../store/accounts.ts'
import { insertFlow } from '../store/oauth-flows.ts'
import { getTokens, saveTokens } from '../store/oauth-tokens.ts'
import { getSetting } from '../store/settings.ts'
import type { Store } from '../store/store.ts'
import { checkMasterKey, KEY_ID_SETTING } from './check-master-key.ts'
import { credentialIdentity, oauthFlowIdentity, oauthTokenIdentity } from './identity.ts'
import { generateMasterKey, parseMasterKey } from './master-key.ts'
import { rotateVault } from './rotate.ts'
import { createVault, open, seal, sealedKeyId, type Vault } from './vault.ts'

const OLD = parseMasterKey(generateMasterKey(), 'old')
const NEW = parseMasterKey(generateMasterKey(), 'new')
const THIRD = parseMasterKey(generateMasterKey(), 'third')

async function addAccount(store: Store, vault: Vault, secret: string): Promise<string> {
  const id = newAccountId()
  const sealedCredential = seal(vault, credentialIdentity(id), secret)
  const account = { id, name: id, provider: 'openai', type: 'api-key' as const, sealedCredential }
  await insertAccount(store.db, account)
  return id
}

async function credentialOf(store: Store, id: string): Promise<string> {
  return (await getAccount(store.db, id))?.sealedCredential ?? ''
}

describeEngines((engine) => {
  test('seals credentials, tokens and flows anew, and records the new key', async () => {
    const store = await engine.open()
    const vault = createVault(OLD)
    await checkMasterKey(store, vault.keys())
    const id = await addAccount(store, vault, 'sk-secret')
    await saveTokens(store.db, {
      accountId: id,
      sealed: seal(vault, oauthTokenIdentity(id), 'tokens'),
      expiresAtMs: null,
    })
    const flow = { id: 'state', accountId: id, kind: 'code' as const, expiresAtMs: Date.now() + 60_000 }
    await insertFlow(store.db, { ...flow, sealed: seal(vault, oauthFlowIdentity('state'), 'verifier') })

    expect(await rotateVault(store, { from: OLD, to: NEW })).toEqual({ resealed: 3, unreadable: [] })

    const after = createVault(NEW)
    expect(open(after, credentialIdentity(id), await credentialOf(store, id))).toBe('sk-secret')
    const tokens = await getTokens(store.db, id)
    expect(open(after, oauthTokenIdentity(id), tokens?.sealed ?? '')).toBe('tokens')
    expect(await getSetting(store.db, KEY_ID_SETTING)).toBe(NEW.id)
    await checkMasterKey(store, after.keys())
    await expect(checkMasterKey(store, vault.keys())).rejects.toMatchObject({ code: 'vault_locked' })
  })

  test('takes up where it was killed, with everything readable meanwhile', async () => {
    const store = await engine.open()
    const vault = createVault(OLD)
    await checkMasterKey(store, vault.keys())
    const ids: string[] = []
    for (let count = 0; count < 250; count += 1) ids.push(await addAccount(store, vault, `sk-${count}`))
    const killed = rotateVault(store, {
      from: OLD,
      to: NEW,
      onProgress: () => {
        throw new Error('killed')
      },
    })
    await expect(killed).rejects.toThrow('killed')
    const keyIds = await Promise.all(ids.map(async (id) => sealedKeyId(await credentialOf(store, id))))
    expect(new Set(keyIds)).toEqual(new Set([OLD.id, NEW.id]))
    await checkMasterKey(store, createVault(NEW, OLD).keys())

    expect(await rotateVault(store, { from: OLD, to: NEW })).toEqual({ resealed: 150, unreadable: [] })
    for (const [index, id] of ids.entries())
      expect(open(createVault(NEW), credentialIdentity(id), await credentialOf(store, id))).toBe(
        `sk-${index}`,
      )
  })
})

test('a credential that is changed during the rotation keeps the change', async () => {
  const store = await makeStore()
  const vault = createVault(OLD)
  const id = await addAccount(store, vault, 'sk-first')
  // what a server with the old key alone does meanwhile: the rotation finds it in its next pass
  let changing: Promise<unknown> = Promise.resolve()
  await rotateVault(store, {
    from: OLD,
    to: NEW,
    onProgress: (resealed) => {
      if (resealed > 1) return
      const sealedCredential = seal(vault, credentialIdentity(id), 'sk-second')
      changing = updateAccount(store.db, id, { sealedCredential })
    },
  })
  await changing
  expect(open(createVault(NEW, OLD), credentialIdentity(id), await credentialOf(store, id))).toBe('sk-second')
})

test('a record that no key opens is left alone and named', async () => {
  const store = await makeStore()
  const lost = await addAccount(store, createVault(THIRD), 'sk-lost')
  const kept = await addAccount(store, createVault(OLD), 'sk-kept')
  const before = await credentialOf(store, lost)
  const report = await rotateVault(store, { from: OLD, to: NEW })
  expect(report).toEqual({ resealed: 1, unreadable: [credentialIdentity(lost)] })
  expect(await credentialOf(store, lost)).toBe(before)
  expect(sealedKeyId(await credentialOf(store, kept))).toBe(NEW.id)
})

test('only the keys of this store can be rotated', async () => {
  const store = await makeStore()
  await checkMasterKey(store, { current: OLD })
  await expect(rotateVault(store, { from: THIRD, to: NEW })).rejects.toMatchObject({ code: 'vault_locked' })
  await expect(rotateVault(store, { from: OLD, to: NEW })).resolves.toMatchObject({ resealed: 0 })
})
