import { expect, test } from 'vitest'
import { bedrock } from '../providers/bedrock.ts'
import type { Envelope } from '../providers/provider.ts'
import type { Headers } from '../wire/headers.ts'
import { putInEnvelope } from './envelope.ts'

const ENVELOPE: Envelope = bedrock.envelopes['anthropic-messages']

function wrapped(body: string, headers: Headers = {}) {
  const request = { origin: 'https://x', path: '/', method: 'POST', headers, body: Buffer.from(body) }
  const { body: written, headers: kept } = putInEnvelope(request, ENVELOPE)
  return { body: written?.toString(), headers: kept }
}

test('model and streaming go, the version comes, and nothing else changes', () => {
  expect(wrapped('{"model":"m","max_tokens": 1e2,"stream":true}').body).toBe(
    '{"max_tokens": 1e2,"anthropic_version":"bedrock-2023-05-31"}',
  )
})

test('a version and betas that the client wrote itself stay', () => {
  const body = '{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["mine"]}'
  expect(wrapped(body, { 'anthropic-beta': 'theirs' })).toEqual({ body, headers: {} })
})

test('betas of several header lines become one list without repetitions', () => {
  const { body, headers } = wrapped('{}', {
    'anthropic-beta': ['a, b', 'b,c,'],
    accept: 'x',
    'user-agent': 'y',
  })
  expect(JSON.parse(body ?? '')).toMatchObject({ anthropic_beta: ['a', 'b', 'c'] })
  expect(headers).toEqual({ 'user-agent': 'y' })
})

test('a request without an envelope, or without a body, is the same object', () => {
  const request = { origin: 'https://x', path: '/', method: 'GET', headers: {}, body: undefined }
  expect(putInEnvelope(request, ENVELOPE)).toBe(request)
  expect(putInEnvelope({ ...request, body: Buffer.from('{}') }, undefined).body?.toString()).toBe('{}')
})
