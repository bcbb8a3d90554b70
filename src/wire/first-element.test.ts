import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FirstElement } from './first-element.ts'

function find(text: string, cuts: readonly number[]): string | undefined {
  const bytes = Buffer.from(text)
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  )
  const first = new FirstElement()
  let start = 0
  for (const end of ends) {
    const found = first.push(bytes.subarray(start, end))
    if (found !== undefined) return found.toString('utf8')
    start = end
  }
  return undefined
}

test('STR-29 STR-34 the first element of a list is found wherever its bytes are cut', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 3 })
  const cuts = fc.array(fc.nat(10_000), { maxLength: 20 })
  fc.assert(
    fc.property(objects, cuts, (list, where) => {
      const found = find(` \r\n${JSON.stringify(list, null, 1)}`, where)
      expect(JSON.parse(found ?? '')).toEqual(JSON.parse(JSON.stringify(list[0])))
    }),
  )
})

test('STR-34 what is no list of objects has none', () => {
  for (const text of ['{"error":{"a":1}}', '[]', '[1,2]', '"[{"', '[{"a":"}"'])
    expect(find(text, [])).toBeUndefined()
})
