import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './json-source.ts'

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', '  ', '\t'), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent)
      expect(parseJson('f', text)).toMatchObject({ problems: [], source: { value: JSON.parse(text) } })
    }),
  )
})

test('refuses what JSON.parse refuses', () => {
  const nearlyJson = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '{', ']', "'", '//', '\\', '\n', 'x'))
    .map(
      ([json, at, extra]) =>
        json.slice(0, at % (json.length + 1)) + extra + json.slice((at % (json.length + 1)) + 1),
    )
  fc.assert(
    fc.property(nearlyJson, (text) => {
      const isJson = succeeds(() => JSON.parse(text))
      expect(parseJson('f', text).source !== undefined).toBe(isJson)
    }),
  )
})

test.each([
  ['', 1, 1],
  ['{', 1, 2],
  ['{\n  "a": x\n}', 2, 8],
  ['{"a": 1,}', 1, 9],
  ["{'a': 1}", 1, 2],
  ['{"a": 1} 2', 1, 10],
  ['{\n"a": "b\n"}', 2, 6],
  ['// keys\n{}', 1, 1],
])('%j is not JSON at line %d, column %d', (text, line, column) => {
  expect(parseJson('f.json', text).problems).toMatchObject([{ file: 'f.json', line, column }])
})

test('tells where a member stands, and the nearest parent of one that is not there', () => {
  const { source } = parseJson('f', '{\n  "a": {\n    "b": [1, 2] } }')
  expect(source?.positionOf(['a', 'b'])).toEqual({ line: 3, column: 5 })
  expect(source?.positionOf(['a', 'b', 1])).toEqual({ line: 3, column: 14 })
  expect(source?.positionOf(['a', 'missing'])).toEqual({ line: 2, column: 3 })
})

test('a name given twice is a problem at the second', () => {
  expect(parseJson('f', '{"a": 1,\n "a": 1}').problems).toMatchObject([{ line: 2, column: 2 }])
  expect(parseJson('f', '{"a": {"a": 1}, "b": {"a": 1}}').problems).toEqual([])
})

test('what a name given twice holds is no name given twice', () => {
  const { problems, source } = parseJson('f', '{"a": {"b": 1},\n "a":\n {"b": 1}}')
  expect(problems).toMatchObject([{ line: 2, column: 2 }])
  expect(source?.positionOf(['a', 'b'])).toEqual({ line: 1, column: 8 })
  expect(parseJson('f', '{"a": 1,\n "a":\n {"b": 1, "b": 1}}').problems).toMatchObject([
    { line: 2 },
    { line: 3, message: expect.stringContaining('line 3') },
  ])
})

function succeeds(action: () => unknown): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}
