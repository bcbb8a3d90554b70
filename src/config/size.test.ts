import { expect, test } from 'vitest'
import { parseSize } from './size.ts'

test.each([
  [1024, 1024],
  ['1024', 1024],
  ['512KiB', 524_288],
  ['32MiB', 33_554_432],
  ['10MB', 10_000_000],
  ['1.5 gib', 1_610_612_736],
  ['0', 0],
])('%j is %d bytes', (written, bytes) => expect(parseSize(written)).toBe(bytes))

test.each(['', 'MiB', '32M', '-1', '1e6', '32MiB!', Number.NaN])('%j is not a size', (written) =>
  expect(() => parseSize(written)).toThrow(RangeError),
)
