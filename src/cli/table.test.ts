import { expect, test } from 'vitest'
import { formatFields, formatTable } from './table.ts'

test('columns are as wide as their widest cell, without blanks at the end of a line', () => {
  const rows = [
    ['openai', 'healthy'],
    ['simulated', 'no'],
  ]
  expect(formatTable(['PROVIDER', 'STATUS'], rows)).toBe(
    'PROVIDER   STATUS\nopenai     healthy\nsimulated  no\n',
  )
})

test('a cell cannot steer the terminal', () => {
  expect(formatTable(['A'], [['\u001b[31mred\u001b[0m\nline']])).toBe('A\nred line\n')
})

test('values of fields are aligned', () => {
  const fields = [
    ['url', 'http://127.0.0.1'],
    ['version', '1'],
  ] as const
  expect(formatFields(fields, '  ')).toBe('  url      http://127.0.0.1\n  version  1\n')
})
