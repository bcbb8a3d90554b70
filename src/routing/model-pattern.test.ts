import { expect, test } from 'vitest'
import { matchesAny } from './model-pattern.ts'

test.each([
  [['gpt-5'], 'gpt-5', true],
  [['gpt-5'], 'gpt-5-mini', false],
  [['gpt-*'], 'gpt-5-mini', true],
  [['gpt-*'], 'xgpt-5', false],
  [['a', 'gpt-*'], 'gpt-', true],
  [['*'], 'anything', true],
  [['gpt.5'], 'gpt-5', false],
  [[], 'gpt-5', false],
] as [string[], string, boolean][])('%j matches %s: %s', (patterns, model, expected) => {
  expect(matchesAny(patterns, model)).toBe(expected)
})
