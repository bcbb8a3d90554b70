import { expect, test } from 'vitest'
import { readCoverage } from './case-coverage.ts'
import { readTestTitles } from './test-titles.ts'

const titlesOf = (source: string): string[] => readTestTitles('example.test.ts', source)

test('a case without a test is uncovered, one that a title or a decision names is not', () => {
  const ids = ['XYZ-01', 'XYZ-02', 'XYZ-03', 'XYZ-13', 'XYZ-13b']
  const titles = titlesOf(`test('XYZ-01 XYZ-13b it works', () => {})`)
  expect(readCoverage(ids, titles, '**Decision.** XYZ-02 does not apply.')).toEqual({
    uncovered: ['XYZ-03', 'XYZ-13'],
    unknown: [],
  })
})

test('a title that names no case is a mistake', () => {
  expect(readCoverage(['XYZ-01'], ['XYZ-01 and XYZ-99 in UTF-16'], '').unknown).toEqual(['XYZ-99'])
})

test('comments, bodies and tests that do not run do not count', () => {
  const source = `
    // XYZ-01
    test('no id', () => { expect('XYZ-02').toBe('XYZ-02') }) // XYZ-03
    test.skip('XYZ-04', () => {})
    test.todo('XYZ-05')
    describe.skip('XYZ-06', () => {})
    other('XYZ-07', () => {})
  `
  expect(titlesOf(source)).toEqual(['no id'])
})

test('suites and templates have titles, too', () => {
  const source = 'describe("XYZ-01", () => { it.concurrent(`XYZ-02 ${n} times`, () => {}) })'
  expect(titlesOf(source)).toEqual(['XYZ-01', 'XYZ-02 … times'])
})

test('a table gives the words that stand in the title, and no others', () => {
  const source = `
    const ROWS = [['XYZ-01', 1, 'XYZ-02'], ['XYZ-03', 2, 'XYZ-04']] as const
    test.each(ROWS)('row %s', () => {})
    test.each([{ name: 'XYZ-05', other: 'XYZ-06' }])('$name', () => {})
    test.each(['XYZ-07'])('%j', () => {})
    test.each(Object.entries({ 'XYZ-08': 1 }))('%s', () => {})
    test.each([['XYZ-09']])('nothing of the row', () => {})
  `
  expect(titlesOf(source)).toEqual([
    'row XYZ-01',
    'row XYZ-03',
    'XYZ-05',
    'XYZ-07',
    'XYZ-08',
    'nothing of the row',
  ])
})

test('a table that only running code knows still has the title itself', () => {
  expect(titlesOf(`test.each(rows())('XYZ-01 %s', () => {})`)).toEqual(['XYZ-01 '])
})
