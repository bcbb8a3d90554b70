import { expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { type Lease, Renewed } from './renewed.ts'

const HOUR_MS = 3_600_000

/** A fetch that is answered by hand, and a clock. */
function bench() {
  const state = { now: 1_000_000, fetches: 0 }
  let pending = Promise.withResolvers<Lease<string>>()
  const renewed = new Renewed(
    () => {
      state.fetches++
      pending = Promise.withResolvers()
      return pending.promise
    },
    () => state.now,
  )
  const answer = async (value: string, lifeMs: number | 'for ever' = HOUR_MS) => {
    pending.resolve({ value, expiresAtMs: lifeMs === 'for ever' ? undefined : state.now + lifeMs })
    await new Promise((resolve) => setImmediate(resolve))
  }
  const fail = async () => {
    pending.reject(new GatewayError('upstream_unreachable', 'away'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { state, renewed, answer, fail }
}

test('fifty who wait share one fetch, and who comes later need not wait', async () => {
  const { state, renewed, answer } = bench()
  const waiting = Array.from({ length: 50 }, async () => renewed.get())
  await answer('one')
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 50 }, () => 'one'))
  expect(renewed.get()).toBe('one')
  expect(state.fetches).toBe(1)
})

test('shortly before its end the next one is fetched while this one is used', async () => {
  const { state, renewed, answer } = bench()
  void renewed.get()
  await answer('one')
  state.now += HOUR_MS - 4 * 60_000
  expect(renewed.get()).toBe('one')
  expect(renewed.get()).toBe('one')
  expect(state.fetches).toBe(2)
  await answer('two')
  expect(renewed.get()).toBe('two')
  expect(renewed.values()).toEqual(['two', 'one'])
})

test('a failure in the background is not seen, and not repeated at once', async () => {
  const { state, renewed, answer, fail } = bench()
  void renewed.get()
  await answer('one')
  state.now += HOUR_MS - 4 * 60_000
  void renewed.get()
  await fail()
  expect(renewed.get()).toBe('one')
  expect(state.fetches).toBe(2)
  state.now += 10_000
  expect(renewed.get()).toBe('one')
  expect(state.fetches).toBe(3)
})

test('at its end it is not used any more, and a failure is told', async () => {
  const { state, renewed, answer, fail } = bench()
  void renewed.get()
  await answer('one')
  state.now += HOUR_MS - 1000
  const next = Promise.resolve(renewed.get()).catch((error: unknown) => error)
  await fail()
  expect(await next).toMatchObject({ code: 'upstream_unreachable' })
})

test('one that never ends is fetched once', async () => {
  const { state, renewed, answer } = bench()
  void renewed.get()
  await answer('one', 'for ever')
  state.now += 1000 * HOUR_MS
  expect(renewed.get()).toBe('one')
  expect(state.fetches).toBe(1)
})

test('one that was refused is replaced once, however many were refused', async () => {
  const { state, renewed, answer } = bench()
  void renewed.get()
  await answer('one')
  state.now += 60_000
  const refused = [renewed.renew(), renewed.renew()]
  await answer('two')
  expect(await Promise.all([...refused, renewed.renew()])).toEqual([true, true, true])
  expect(state.fetches).toBe(2)
  expect(renewed.get()).toBe('two')
})

test('where no other can be had, trying again is no help', async () => {
  const { state, renewed, answer, fail } = bench()
  void renewed.get()
  await answer('one')
  state.now += 60_000
  const refused = renewed.renew()
  await fail()
  expect(await refused).toBe(false)
})
