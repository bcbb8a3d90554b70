import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCredentialGuard } from './credential-guard.ts'

const ODD = 'sk-a"b/c+d=='

describe('a credential in an answer', () => {
  test.each([ODD, JSON.stringify(ODD).slice(1, -1), encodeURIComponent(ODD)])(
    'is taken out: %s',
    (spelling) => {
      const guard = createCredentialGuard([ODD])
      expect(guard.bytes(Buffer.from(`é ${spelling} é`)).toString()).toBe('é [redacted] é')
      expect(guard.headers({ one: `Bearer ${spelling}`, many: ['x', spelling] })).toEqual({
        one: 'Bearer [redacted]',
        many: ['x', '[redacted]'],
      })
    },
  )

  test('bytes without it are the same bytes, not a copy', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80])
    expect(createCredentialGuard([ODD]).bytes(bytes)).toBe(bytes)
  })

  test('an empty or very short one is left alone', () => {
    const bytes = Buffer.from('ab ab')
    expect(createCredentialGuard(['']).bytes(bytes)).toBe(bytes)
    expect(createCredentialGuard(['ab']).bytes(bytes)).toBe(bytes)
  })

  test('does not slip through wherever the bytes are cut', () => {
    const secret = 'abcabd-abcabe'
    const text = `abc${secret}ab${secret}${secret}abcab`
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const guard = createCredentialGuard([secret])
        let [sent, held] = ['', Buffer.alloc(0)]
        for (const chunk of piecesOf(text, cuts)) {
          const clean = guard.bytes(Buffer.concat([held, Buffer.from(chunk)]))
          const sendable = clean.length - guard.openEnd(clean)
          sent += clean.toString('utf8', 0, sendable)
          held = Buffer.from(clean.subarray(sendable))
        }
        expect(sent + held.toString()).toBe(text.replaceAll(secret, '[redacted]'))
      }),
    )
  })
})

function piecesOf(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.toSorted((one, other) => one - other), text.length]
  return places.slice(1).map((place, index) => text.slice(places[index], place))
}
