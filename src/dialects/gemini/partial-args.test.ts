import { describe, expect, test } from 'vitest'
import { createPartialArguments } from './partial-args.ts'

const built = (...pieces: object[]) => {
  const args = createPartialArguments()
  args.add(pieces)
  return args.json()
}
const malformed = expect.objectContaining({ code: 'upstream_malformed' })

describe('STR-09 arguments by path', () => {
  test('nested lists and objects, in the order in which they came', () => {
    const json = built(
      { jsonPath: '$.b[0][0]', numberValue: 1 },
      { jsonPath: '$.b[0][1]', boolValue: false },
      { jsonPath: '$.a["x.y"]', stringValue: '1' },
      { jsonPath: "$['it\\'s']", nullValue: 'NULL_VALUE' },
      { jsonPath: '$.a["x.y"]', stringValue: '2' },
    )
    expect(json).toBe('{"b":[[1,false]],"a":{"x.y":"12"},"it\'s":null}')
  })

  test('nothing makes an empty object, a piece without a value nothing', () => {
    expect(built()).toBe('{}')
    expect(built({ jsonPath: '$.a' }, { stringValue: 'x' })).toBe('{}')
  })

  test('keys of every object’s own are ordinary keys', () => {
    expect(built({ jsonPath: '$.__proto__.polluted', stringValue: 'x' })).toBe(
      '{"__proto__":{"polluted":"x"}}',
    )
    expect('polluted' in {}).toBe(false)
  })

  test('far-off indexes, paths through values and broken paths are malformed', () => {
    expect(() => built({ jsonPath: '$.a[4000000000]', numberValue: 1 })).toThrow(malformed)
    expect(() => built({ jsonPath: '$.a', numberValue: 1 }, { jsonPath: '$.a.b', numberValue: 1 })).toThrow(
      malformed,
    )
    for (const jsonPath of ['', '$', '$..a', '$.a[', '$.a[*]', `$${'.a'.repeat(500)}`])
      expect(() => built({ jsonPath, numberValue: 1 })).toThrow(malformed)
  })
})
