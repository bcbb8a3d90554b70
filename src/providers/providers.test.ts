import { describe, expect, test } from 'vitest'
import { FAMILY_OF } from '../core/dialect-id.ts'
import { CREDENTIAL_VARIABLES, PROVIDERS } from './index.ts'

const ALL = [...new Set(PROVIDERS.values())]
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

test('every provider is known by its own id, which nobody else has', () => {
  for (const provider of ALL) expect(PROVIDERS.get(provider.id)).toBe(provider)
  expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length)
})

test('every name is one that paths and configuration can spell', () => {
  for (const name of PROVIDERS.keys()) expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
})

test('no environment variable belongs to two providers', () => {
  const variables = ALL.flatMap(({ credentialVariables }) => credentialVariables)
  expect(Object.keys(CREDENTIAL_VARIABLES).toSorted()).toEqual(variables.toSorted())
})

test('no model is known for two providers', () => {
  const prefixes = ALL.flatMap(({ id, modelPrefixes }) => modelPrefixes.map((prefix) => ({ id, prefix })))
  for (const { id, prefix } of prefixes) {
    const others = prefixes.filter((other) => other.id !== id && other.prefix.startsWith(prefix))
    expect(others).toEqual([])
  }
})

describe.each(ALL)('$id', (provider) => {
  const { origin, roots, dialects, healthCheck, credentialVariables, auth, defaultHeaders } = provider

  test('is reached at an origin, encrypted unless it is on this machine', () => {
    const url = new URL(origin)
    expect(url.origin).toBe(origin)
    expect(url.protocol).toBe(LOOPBACK.includes(url.hostname) ? 'http:' : 'https:')
  })

  test('has a root for every format it speaks, and no other', () => {
    const special = provider.dialectsByModel?.flatMap((entry) => entry.dialects) ?? []
    const families = new Set([...dialects, ...special].map((dialect) => FAMILY_OF[dialect]))
    expect(Object.keys(roots).toSorted()).toEqual([...families].toSorted())
    expect(new Set(dialects).size).toBe(dialects.length)
    for (const root of Object.values(roots)) expect(root).toMatch(/^(\/([a-z0-9-]+|\{[a-z]+\}))*$/)
  })

  test('names families that it has', () => {
    const named = [
      ...(healthCheck === undefined ? [] : [healthCheck.family]),
      ...Object.keys(auth ?? {}),
      ...Object.keys(defaultHeaders ?? {}),
    ]
    for (const family of named) expect(roots).toHaveProperty(family)
    expect(healthCheck?.path ?? '/none').toMatch(/^\/[a-z]/)
  })

  test('has its credential in variables that say so, unless it is on this machine', () => {
    for (const name of credentialVariables) expect(name).toMatch(/^[A-Z][A-Z0-9]*_API_KEY$/)
    const isLocal = LOOPBACK.includes(new URL(origin).hostname)
    expect(isLocal && credentialVariables.length > 0).toBe(false)
  })

  test('has quirks only where it speaks Chat, and contradicts itself in none', () => {
    const { omits = [], omitsInMessages = [], renames = {} } = provider.chatQuirks ?? {}
    expect(provider.chatQuirks === undefined || 'openai' in roots).toBe(true)
    expect(new Set(omits).size).toBe(omits.length)
    expect(new Set(omitsInMessages).size).toBe(omitsInMessages.length)
    const essential = ['model', 'messages', 'stream', 'stream_options']
    for (const field of [...essential, ...Object.keys(renames)]) expect(omits).not.toContain(field)
    for (const field of ['role', 'content', 'tool_calls', 'tool_call_id'])
      expect(omitsInMessages).not.toContain(field)
  })
})
