import { expect, test } from 'vitest'
import { findCycles } from './find-cycles.ts'

const links = (...pairs: string[]): { from: string; to: string }[] =>
  pairs.map((pair) => ({ from: pair.charAt(0), to: pair.charAt(1) }))

test('a tree has none, however often its branches meet', () => {
  expect(findCycles(links('ab', 'ac', 'bd', 'cd', 'de'))).toEqual([])
})

test('each group is named once, by a shortest way around', () => {
  expect(findCycles(links('ab', 'bc', 'cd', 'da', 'ca', 'xy', 'yx', 'ax'))).toEqual([
    ['a', 'b', 'c', 'a'],
    ['x', 'y', 'x'],
  ])
})

test('a node that links to itself is one', () => {
  expect(findCycles(links('ab', 'bb'))).toEqual([['b', 'b']])
})
