import { expect, test } from 'vitest'
import type { Account } from './account.ts'
import type { Target } from './plan.ts'
import { Rotation } from './rotation.ts'

function target(id: string, fields: Partial<Account> = {}): Target {
  return { account: { id, priority: 0, weight: 1, ...fields } as Account, model: 'm', dialects: [] }
}

function firsts(targets: readonly Target[], rounds: number, sick: readonly string[] = []): string {
  const rotation = new Rotation()
  return Array.from(
    { length: rounds },
    () => rotation.order(targets, (id) => !sick.includes(id))[0]?.account.id,
  ).join('')
}

test('equals take turns', () => {
  expect(firsts([target('a'), target('b'), target('c')], 6)).toBe('abcabc')
})

test('weights are shares', () => {
  expect(firsts([target('a', { weight: 3 }), target('b')], 8)).toBe('aaabaaab')
})

test('a weight of 0 is for when nobody else is left', () => {
  const targets = [target('a', { weight: 0 }), target('b')]
  expect(firsts(targets, 3)).toBe('bbb')
  expect(firsts(targets, 3, ['b'])).toBe('aaa')
})

test('a higher priority comes first, unless it is sick', () => {
  const targets = [target('a'), target('b', { priority: 5 })]
  expect(firsts(targets, 3)).toBe('bbb')
  expect(firsts(targets, 3, ['b'])).toBe('aaa')
})

test('every target stays in the list, whoever is first', () => {
  const rotation = new Rotation()
  const targets = [target('a'), target('b'), target('c', { priority: -1 })]
  for (let round = 0; round < 4; round++) {
    const order = rotation.order(targets, () => false).map(({ account }) => account.id)
    expect(order.toSorted()).toEqual(['a', 'b', 'c'])
    expect(order[2]).toBe('c')
  }
})

test('an owner gets the same one of equals, in every process, and owners are spread by weight', () => {
  const targets = [target('a', { weight: 3 }), target('b')]
  const firstFor = (owner: string, order = targets) =>
    new Rotation().order(order, () => true, owner)[0]?.account.id
  const owners = Array.from({ length: 400 }, (_, index) => `key_${index}`)
  for (const owner of owners) expect(firstFor(owner)).toBe(firstFor(owner, targets.toReversed()))
  const share = owners.filter((owner) => firstFor(owner) === 'a').length / owners.length
  expect(share).toBeGreaterThan(0.65)
  expect(share).toBeLessThan(0.85)
})

test('an account that goes moves only its own owners', () => {
  const [a, b, c] = [target('a'), target('b'), target('c')]
  const firstFor = (owner: string, order: readonly Target[]) =>
    new Rotation().order(order, () => true, owner)[0]?.account.id
  const owners = Array.from({ length: 100 }, (_, index) => `key_${index}`)
  const stay = owners.filter((owner) => firstFor(owner, [a, b, c]) !== 'c')
  const before = stay.map((owner) => firstFor(owner, [a, b, c]))
  expect(stay.map((owner) => firstFor(owner, [a, b]))).toEqual(before)
})
