import { expect, test } from 'vitest'
import { CASES } from '../../../test/conformance/cases/index.ts'
import { CHECKS } from './index.ts'

test.each(Object.entries(CHECKS))(
  'the checks of %s differ in their ids, and name cases that there are',
  (_format, checks) => {
    const ids = checks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const known = new Set(CASES.map(({ id }) => id))
    expect(checks.flatMap(({ cases }) => cases).filter((id) => !known.has(id))).toEqual([])
  },
)

test('a check has the same id and title in every format', () => {
  const titles = new Map<string, Set<string>>()
  for (const { id, title } of Object.values(CHECKS).flat())
    titles.set(id, (titles.get(id) ?? new Set()).add(title))
  // formats differ in whether counts have to be asked for
  const several = [...titles].filter(([, own]) => own.size > 1).map(([id]) => id)
  expect(several).toEqual(['stream-usage'])
})
