import { expect, test } from 'vitest'
import { newId, newSortableId, sortableIdFloor } from './ids.ts'
import { openStore } from './open-store.ts'
import { locateStore } from './store-location.ts'

test.each([undefined, ''])('without a URL (%j) the database is a file in the home folder', (databaseUrl) => {
  expect(locateStore({ databaseUrl, homeFolder: '/home/x/.llm-gateway' })).toEqual({
    file: '/home/x/.llm-gateway/gateway.db',
  })
})

test.each(['postgres://u:p@h/d', 'postgresql://h/d?sslmode=require'])('%s is PostgreSQL', (databaseUrl) => {
  expect(locateStore({ databaseUrl, homeFolder: '/x' })).toEqual({ url: databaseUrl })
})

test.each(['mysql://u:hunter2@h/d', 'hunter2', 'postgres'])(
  '%s is refused and not repeated',
  (databaseUrl) => {
    expect(() => locateStore({ databaseUrl, homeFolder: '/x' })).toThrow(/^(?!.*hunter2).*PostgreSQL URL/)
  },
)

test('neither URL nor file is nothing to open', async () => {
  await expect(openStore({ onError: () => {} })).rejects.toMatchObject({ code: 'store_unavailable' })
})

test('ids are new, and sortable ones sort by time and then by order', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newId('key'))).size).toBe(1000)
  const times = [0, 5, 5, 5, 31, 32, 33, 1_795_000_000_000, 4_000_000_000_000]
  const ids = times.map((atMs) => newSortableId('audit', atMs))
  expect(ids.toSorted()).toEqual(ids)
  expect(sortableIdFloor('audit', 32) < (ids[5] ?? '')).toBe(true)
  expect(sortableIdFloor('audit', 32) > (ids[4] ?? '')).toBe(true)
})
