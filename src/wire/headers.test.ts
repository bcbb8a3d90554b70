import { expect, test } from 'vitest'
import { forwardableRequestHeaders, returnableResponseHeaders } from './headers.ts'

test('a request keeps what is the provider’s business', () => {
  const headers = { 'anthropic-beta': 'a, b', 'user-agent': 'x', 'content-type': 'application/json' }
  expect(forwardableRequestHeaders(headers, 'anthropic')).toEqual(headers)
})

test.each([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'host',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'x-forwarded-for',
  'x-gateway-strict',
  'x-request-id',
  'transfer-encoding',
  'proxy-authorization',
  'x-amz-security-token',
  'cf-connecting-ip',
])('a request loses %s', (name) => {
  expect(forwardableRequestHeaders({ [name]: 'x' }, 'openai')).toEqual({})
})

test('a request loses what its connection header names', () => {
  const headers = { connection: 'Close, X-Mine', 'x-mine': '1', 'x-other': '2' }
  expect(forwardableRequestHeaders(headers, 'openai')).toEqual({ 'x-other': '2' })
})

test.each([
  ['openai', { 'openai-organization': 'o', 'openai-project': 'p' }],
  ['anthropic', {}],
  ['gemini', {}],
] as const)('OpenAI’s account headers towards %s', (family, expected) => {
  const headers = { 'openai-organization': 'o', 'openai-project': 'p' }
  expect(forwardableRequestHeaders(headers, family)).toEqual(expected)
})

test('a response keeps its encoding, loses cookies and framing, and its request id has another name', () => {
  const headers = {
    'content-type': 'audio/mpeg',
    'content-encoding': 'gzip',
    'content-length': '5',
    'transfer-encoding': 'chunked',
    'set-cookie': ['a=b'],
    'x-request-id': 'theirs',
    'x-gateway-cache': 'hit',
    'openai-organization': 'the-operator',
  }
  expect(returnableResponseHeaders(headers)).toEqual({
    'content-type': 'audio/mpeg',
    'content-encoding': 'gzip',
    'x-upstream-request-id': 'theirs',
  })
})
