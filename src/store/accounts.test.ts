import { expect, test } from 'vitest'
import { describeEngines } from '../../test/support/engines.ts'
import {
  getAccount,
  insertAccount,
  listAccounts,
  loadAccounts,
  removeAccount,
  updateAccount,
} from './accounts.ts'
import { getFlow, insertFlow } from './oauth-flows.ts'
import { getTokens, saveTokens } from './oauth-tokens.ts'
import { listSealedCredentials, replaceSealedCredential } from './sealed-values.ts'

const NEW = { name: 'prod', provider: 'openai', type: 'api-key' } as const

describeEngines((engine) => {
  test('an account is found as it was made', async () => {
    const { db } = await engine.open()
    const account = await insertAccount(db, {
      ...NEW,
      baseUrl: 'https://example.com/v1',
      settings: { region: 'eu' },
      weight: 3,
      sealedCredential: 'v1:sealed',
      credentialHint: '1234',
    })
    expect(account.id).toMatch(/^upstream_/)
    expect(await getAccount(db, 'prod')).toEqual(account)
    expect(account).toMatchObject({ weight: 3, priority: 0, models: null, status: 'active' })
  })

  test('defaults, changes, lists', async () => {
    const { db } = await engine.open()
    const first = await insertAccount(db, { ...NEW, id: 'upstream_given' }, 1)
    const second = await insertAccount(db, { ...NEW, name: 'other', provider: 'groq' }, 2)
    expect(first).toMatchObject({ id: 'upstream_given', weight: 1, sealedCredential: null })
    const changed = await updateAccount(db, first.id, { status: 'disabled', sealedCredential: 's' })
    expect(await loadAccounts(db)).toEqual([changed, second])
    expect((await listAccounts(db, { limit: 9, provider: 'groq' })).items).toEqual([second])
    expect((await listAccounts(db, { limit: 9, status: 'disabled' })).items).toEqual([changed])
  })

  test('tokens and flows go with their account', async () => {
    const { db } = await engine.open()
    const { id } = await insertAccount(db, { ...NEW, type: 'oauth' })
    await saveTokens(db, { accountId: id, sealed: 's', expiresAtMs: null })
    await insertFlow(db, { id: 'state', accountId: id, kind: 'code', sealed: 's', expiresAtMs: 9 })
    await removeAccount(db, id)
    expect(await getTokens(db, id)).toBeUndefined()
    expect(await getFlow(db, 'state', 0)).toBeUndefined()
  })

  test('credentials are sealed anew in pages, each only if it is still the one that was read', async () => {
    const { db } = await engine.open()
    for (const name of ['a', 'b', 'c'])
      await insertAccount(db, { ...NEW, name, sealedCredential: `old ${name}` })
    await insertAccount(db, { ...NEW, name: 'without' })
    const first = await listSealedCredentials(db, '', 2)
    const rest = await listSealedCredentials(db, first[1]?.id ?? '', 2)
    expect([...first, ...rest].map(({ sealed }) => sealed).toSorted()).toEqual(['old a', 'old b', 'old c'])
    const { id, sealed } = first[0] ?? { id: '', sealed: '' }
    expect(await replaceSealedCredential(db, id, sealed, 'new')).toBe(true)
    expect(await replaceSealedCredential(db, id, sealed, 'newer')).toBe(false)
    expect(await getAccount(db, id)).toMatchObject({ sealedCredential: 'new', version: 1 })
  })
})
