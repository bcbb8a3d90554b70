import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateMasterKey, parseMasterKey } from './master-key.ts'
import { createVault, open, seal, sealedKeyId } from './vault.ts'

const WRITTEN = generateMasterKey()
const KEY = parseMasterKey(WRITTEN, 'LLM_GATEWAY_MASTER_KEY')
const OTHER = parseMasterKey(generateMasterKey(), 'other.key')
const VAULT = createVault(KEY)
const IDENTITY = 'account:upstream_a:credential'

describe('a sealed record', () => {
  test('opens to what was sealed, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plaintext, identity) => {
        expect(open(VAULT, identity, seal(VAULT, identity, plaintext))).toBe(plaintext)
      }),
    )
  })

  test('differs each time, and shows nothing but the fingerprint', () => {
    const sealed = Array.from({ length: 100 }, () => seal(VAULT, IDENTITY, 'sk-secret'))
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(100)
    expect(sealed.map(sealedKeyId)).toEqual(sealed.map(() => KEY.id))
    expect(sealed.join()).not.toContain(Buffer.from('sk-secret').toString('base64url'))
  })

  test('does not open in another row', () => {
    const sealed = seal(VAULT, IDENTITY, 'sk-secret')
    expect(() => open(VAULT, 'account:upstream_b:credential', sealed)).toThrow(
      expect.objectContaining({ code: 'vault_corrupt' }),
    )
  })

  test('does not open once a single character was changed, cut or added', () => {
    const sealed = seal(VAULT, IDENTITY, 'sk-secret')
    const opens = (text: string) => {
      try {
        return open(VAULT, IDENTITY, text)
      } catch {
        return undefined
      }
    }
    const places = Array.from(sealed, (_, at) => at)
    const change = (at: number) =>
      sealed.slice(0, at) + (sealed[at] === '0' ? '1' : '0') + sealed.slice(at + 1)
    expect(places.filter((at) => opens(change(at)) !== undefined)).toEqual([])
    expect(places.filter((at) => opens(sealed.slice(0, at)) !== undefined)).toEqual([])
    for (const text of [`${sealed}A`, `${sealed}AAAA`, ` ${sealed}`, `${sealed}\n`, ''])
      expect(() => open(VAULT, IDENTITY, text)).toThrow(expect.objectContaining({ code: 'vault_corrupt' }))
  })

  test('of another key says which key it needs and which is at hand', () => {
    const sealed = seal(createVault(OTHER), IDENTITY, 'sk-secret')
    expect(() => open(VAULT, IDENTITY, sealed)).toThrow(
      expect.objectContaining({
        code: 'vault_locked',
        message: expect.stringMatching(new RegExp(`${OTHER.id}.*${KEY.id}`)),
      }),
    )
    expect(open(createVault(KEY, OTHER), IDENTITY, sealed)).toBe('sk-secret')
  })
})

describe('a master key', () => {
  test('may be written in base64, base64url or hexadecimal', () => {
    const bytes = Buffer.from(WRITTEN, 'base64url')
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect(parseMasterKey(` ${bytes.toString(encoding)}\n`, 'key').id).toBe(KEY.id)
    expect(parseMasterKey(bytes.toString('hex').toUpperCase(), 'key').id).toBe(KEY.id)
  })

  test.each(['', 'password', 'a'.repeat(42), 'a'.repeat(63), 'g'.repeat(64), 'ä'.repeat(43), 'sk-secret'])(
    'is not %j; the error says how to make one, and not what was written',
    (written) => {
      expect(() => parseMasterKey(written, 'MY_KEY')).toThrow(
        expect.objectContaining({
          code: 'vault_locked',
          message: expect.stringMatching(/^MY_KEY (?!.*(password|sk-secret)).*openssl/),
        }),
      )
    },
  )

  test('does not show when it is printed', () => {
    const bytes = Buffer.from(WRITTEN, 'base64url')
    const printed = inspect(KEY, { depth: 9, showHidden: true }) + JSON.stringify(KEY)
    expect(printed).not.toContain(WRITTEN)
    expect(printed).not.toContain(bytes.toString('hex'))
    expect(printed).not.toContain(KEY.dataKey.export().toString('hex').slice(0, 16))
  })
})
