import { describe, expect, test } from 'vitest'
import { addressOf, endpointPath, rawPath } from './address.ts'
import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { deepseek } from './deepseek.ts'
import { openai } from './openai.ts'
import type { Provider } from './provider.ts'
import { simulated } from './simulated.ts'

const CASES: [Provider, string | undefined, string][] = [
  [openai, undefined, 'https://api.openai.com/v1/x'],
  [openai, 'http://localhost:9', 'http://localhost:9/v1/x'],
  [openai, 'http://localhost:9/', 'http://localhost:9/v1/x'],
  [openai, 'http://localhost:9/v1', 'http://localhost:9/v1/x'],
  [openai, 'http://localhost:9/v1/', 'http://localhost:9/v1/x'],
  [openai, 'http://localhost:9/proxy/openai/v1', 'http://localhost:9/proxy/openai/v1/x'],
  [openai, 'http://localhost:9/api/v3', 'http://localhost:9/api/v3/x'],
  [openai, 'https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1/x'],
  [anthropic, 'https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1/x'],
  [azureOpenai, 'https://r.openai.azure.com', 'https://r.openai.azure.com/openai/v1/x'],
  [azureOpenai, 'https://r.openai.azure.com/openai/v1/', 'https://r.openai.azure.com/openai/v1/x'],
  [deepseek, 'http://localhost:9/beta', 'http://localhost:9/beta/x'],
]

test.each(CASES)('$id at %s', (provider, baseUrl, expected) => {
  const [family] = Object.keys(provider.roots) as ('openai' | 'anthropic' | 'gemini')[]
  const address = addressOf(provider, baseUrl)
  expect(address.origin + endpointPath(address, family ?? 'openai', '/x')).toBe(expected)
})

test('the other families of a provider move along', () => {
  const plain = addressOf(deepseek, 'http://localhost:9')
  expect(endpointPath(plain, 'anthropic', '/messages')).toBe('/anthropic/v1/messages')
  const prefixed = addressOf(simulated, 'http://localhost:9/sim/v1')
  expect(endpointPath(prefixed, 'gemini', '/models')).toBe('/sim/v1beta/models')
  const moved = addressOf(deepseek, 'http://localhost:9/api')
  expect(endpointPath(moved, 'anthropic', '/messages')).toBe('/api/anthropic/v1/messages')
})

test('a family that a provider does not have has no path', () => {
  expect(endpointPath(addressOf(openai), 'gemini', '/x')).toBeUndefined()
})

test('what is no URL is a TypeError', () => {
  expect(() => addressOf(openai, 'localhost')).toThrow(TypeError)
})

describe('a raw path', () => {
  test.each([
    [openai, '/v1/files', '/v1/files'],
    [openai, '/files', '/v1/files'],
    [simulated, '/v1beta/models', '/v1beta/models'],
    [deepseek, '/anthropic/v1/messages', '/anthropic/v1/messages'],
    [azureOpenai, '/openai/v1/files', '/openai/v1/files'],
  ] as [Provider, string, string][])('of $id, %s, is %s', (provider, path, expected) => {
    expect(rawPath(addressOf(provider), path)).toBe(expected)
  })
})
