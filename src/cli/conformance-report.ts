import { stripVTControlCharacters } from 'node:util'
import type { CheckResult, FormatResult } from '../conformance/run.ts'
import { formatTable } from './table.ts'

export interface Report {
  readonly baseUrl: string
  readonly model: string
  readonly formats: readonly FormatResult[]
}

const MARKS = { pass: '✓', fail: '✗', skip: '–' } as const

/** The report as `--json` prints it; `docs/testing.md` describes it. */
export function valueOfReport({ baseUrl, model, formats }: Report) {
  const results = formats.flatMap((format) => format.results)
  const count = (outcome: CheckResult['verdict']['outcome']) =>
    results.filter(({ verdict }) => verdict.outcome === outcome).length
  return {
    base_url: baseUrl,
    model,
    summary: {
      offered: formats.filter(({ isOffered }) => isOffered).length,
      passed: count('pass'),
      failed: count('fail'),
      skipped: count('skip'),
    },
    formats: formats.map(({ format, isOffered, results: checks }) => ({
      format,
      offered: isOffered,
      checks: checks.map(({ verdict, ...check }) => ({ ...check, ...verdict })),
    })),
  }
}

/** The report for people: a table of checks and formats, what was skipped, and what failed in full. */
export function describeReport(report: Report): string {
  const { summary } = valueOfReport(report)
  const offered = report.formats.filter(({ isOffered }) => isOffered)
  return [
    `${report.baseUrl} with the model ${report.model}\n\n`,
    offered.length === 0 ? '' : `${describeTable(offered)}\n`,
    describeAbsent(report.formats),
    describeSkips(offered),
    ...offered.flatMap(describeFailures),
    `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped (${MARKS.skip}).\n`,
  ].join('')
}

/** A line for each check, a column for each format; blank where the format has no such check. */
function describeTable(formats: readonly FormatResult[]): string {
  const ids = [...new Set(formats.flatMap(({ results }) => results.map(({ id }) => id)))]
  const rows = ids.map((id) => [
    id,
    ...formats.map(({ results }) => {
      const result = results.find((check) => check.id === id)
      return result === undefined ? '' : MARKS[result.verdict.outcome]
    }),
  ])
  return formatTable(['CHECK', ...formats.map(({ format }) => format.toUpperCase())], rows)
}

function describeAbsent(formats: readonly FormatResult[]): string {
  const rows = formats.flatMap(({ format, absence }) =>
    absence === undefined ? [] : [[format, plain(absence)]],
  )
  return rows.length === 0 ? '' : `${formatTable(['NOT OFFERED', ''], rows)}\n`
}

/** What was skipped for the same reason stands on one line. */
function describeSkips(formats: readonly FormatResult[]): string {
  const byReason = new Map<string, string[]>()
  for (const { format, results } of formats)
    for (const { id, verdict } of results)
      if (verdict.outcome === 'skip')
        byReason.set(verdict.why, [...(byReason.get(verdict.why) ?? []), `${format} ${id}`])
  const lines = [...byReason].map(([why, checks]) => `${MARKS.skip} ${checks.join(', ')}: ${plain(why)}\n`)
  return lines.length === 0 ? '' : `${lines.join('')}\n`
}

function describeFailures({ format, results }: FormatResult): string[] {
  return results.flatMap(({ id, title, cases, verdict }) => {
    if (verdict.outcome !== 'fail') return []
    const named = cases.length === 0 ? '' : ` (${cases.join(', ')})`
    const expected = verdict.expected.map((line) => `  expected: ${plain(line)}\n`).join('')
    const came = verdict.came.split('\n').map((line) => `    ${plain(line)}\n`)
    return [`${MARKS.fail} ${format} ${id}: ${title}${named}\n${expected}  came:\n${came.join('')}\n`]
  })
}

/** What a server sends is printed to a terminal: nothing in it may move the cursor. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ')
}
