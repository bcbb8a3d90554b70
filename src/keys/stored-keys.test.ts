import { expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import type { VirtualKey } from './directory.ts'
import { createSecret, hashSecret, hasSoundForm } from './secret.ts'
import { StoredKeys } from './stored-keys.ts'

/** A store in a map, which counts what it is asked and can be switched off. */
function createStore() {
  const keys = new Map<string, VirtualKey>()
  const store = { keys, asked: 0, isDown: false, nowMs: 0, confirmedAtMs: 0 }
  const stored = new StoredKeys({
    find: async (hash) => {
      store.asked++
      if (store.isDown) throw new GatewayError('store_unavailable', 'down')
      return keys.get(hash)
    },
    confirmedAtMs: () => store.confirmedAtMs,
    offlineGraceMs: 1000,
    now: () => store.nowMs,
  })
  const issue = (id: string) => {
    const secret = createSecret()
    keys.set(hashSecret(secret), { id } as VirtualKey)
    return secret
  }
  return { store, stored, issue }
}

test('a secret has 256 random bits and a checksum', () => {
  const secret = createSecret()
  expect(secret).toMatch(/^sk-gw-[\w-]{51}$/)
  expect(hasSoundForm(secret)).toBe(true)
  const [first = ''] = secret.slice(6)
  expect(hasSoundForm(secret.replace(`sk-gw-${first}`, `sk-gw-${first === 'a' ? 'b' : 'a'}`))).toBe(false)
  expect(createSecret()).not.toBe(secret)
})

test('a key is looked up once, and then known without waiting', async () => {
  const { store, stored, issue } = createStore()
  const secret = issue('one')
  expect(await stored.find(secret)).toMatchObject({ id: 'one' })
  expect(stored.find(secret)).toMatchObject({ id: 'one' })
  expect(store.asked).toBe(1)
})

test('a hundred requests with one unseen key ask once', async () => {
  const { store, stored, issue } = createStore()
  const secret = issue('one')
  const found = await Promise.all(Array.from({ length: 100 }, async () => await stored.find(secret)))
  expect(found.every((key) => key?.id === 'one')).toBe(true)
  expect(store.asked).toBe(1)
})

test('what cannot be a key of ours, and what is known not to be one, costs no question', async () => {
  const { store, stored } = createStore()
  expect(stored.find('sk-gw-typo')).toBeUndefined()
  expect(stored.find('vk_demo')).toBeUndefined()
  const guess = createSecret()
  expect(await stored.find(guess)).toBeUndefined()
  expect(stored.find(guess)).toBeUndefined()
  expect(store.asked).toBe(1)
})

test('a change is seen at the next use, also that an unknown key has been issued', async () => {
  const { store, stored, issue } = createStore()
  const [secret, later] = [issue('one'), createSecret()]
  await stored.find(secret)
  expect(await stored.find(later)).toBeUndefined()
  store.keys.clear()
  store.keys.set(hashSecret(later), { id: 'two' } as VirtualKey)
  stored.forget()
  expect(await stored.find(secret)).toBeUndefined()
  expect(await stored.find(later)).toMatchObject({ id: 'two' })
})

test('without the store known keys hold for a while, and unknown ones are nobody’s to judge', async () => {
  const { store, stored, issue } = createStore()
  const secret = issue('one')
  await stored.find(secret)
  store.isDown = true
  stored.forget()
  store.nowMs = 1000
  expect(await stored.find(secret)).toMatchObject({ id: 'one' })
  await expect(stored.find(createSecret())).rejects.toMatchObject({ code: 'store_unavailable' })
  store.nowMs = 1001
  await expect(stored.find(secret)).rejects.toMatchObject({ code: 'store_unavailable' })
  store.isDown = false
  expect(await stored.find(secret)).toMatchObject({ id: 'one' })
})

test('a flood of guesses has a bounded number of questions under way', async () => {
  const { store, stored, issue } = createStore()
  const secret = issue('one')
  await stored.find(secret)
  stored.forget()
  const guesses = Array.from({ length: 1000 }, () => Promise.resolve(stored.find(createSecret())))
  expect(await stored.find(secret)).toMatchObject({ id: 'one' })
  const results = await Promise.allSettled(guesses)
  expect(store.asked).toBe(502)
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(500)
})

test('uses are noted by key, with the latest time', async () => {
  const { store, stored, issue } = createStore()
  const secret = issue('one')
  await stored.find(secret)
  store.nowMs = 7
  void stored.find(secret)
  expect([...stored.takeUses()]).toEqual([['one', 7]])
  expect([...stored.takeUses()]).toEqual([])
})
