import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { addTallies, formatTally, readVitestReport } from './tally.ts'

const folder = mkdtempSync(join(tmpdir(), 'tally-'))
afterAll(() => rmSync(folder, { recursive: true }))

const REPORT = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
}

function read(report: object, exitCode: number): ReturnType<typeof readVitestReport> {
  const path = join(folder, 'report.json')
  writeFileSync(path, JSON.stringify(report))
  return readVitestReport(path, exitCode)
}

test('a good run', () => {
  expect(read(REPORT, 0)).toEqual({ passed: 5, failed: 0, skipped: 2 })
})

test('a failed test', () => {
  expect(read({ ...REPORT, numFailedTests: 2 }, 1)).toEqual({ passed: 5, failed: 2, skipped: 2 })
})

test('a file that did not load is a failure', () => {
  const testResults = [...REPORT.testResults, { status: 'failed', assertionResults: [] }]
  expect(read({ ...REPORT, testResults }, 1)).toEqual({ passed: 5, failed: 1, skipped: 2 })
})

test('an error outside of all tests is a failure', () => {
  expect(read(REPORT, 1)).toEqual({ passed: 5, failed: 1, skipped: 2 })
})

test('a run that left no report is a failure', () => {
  expect(readVitestReport(join(folder, 'missing.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('tallies add up, and the line says what was skipped only if something was', () => {
  const sum = addTallies([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 2, failed: 1, skipped: 3 },
  ])
  expect(formatTally(sum)).toBe('3 passed, 1 failed, 3 skipped')
  expect(formatTally({ ...sum, skipped: 0 })).toBe('3 passed, 1 failed')
})
