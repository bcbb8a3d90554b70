import { expect, test } from 'vitest'
import { readBaseUrl } from './base-url.ts'

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1beta'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1beta'],
  ['https://api.example/v1/', 'https://api.example/v1', 'https://api.example/v1beta'],
  ['https://api.example/openai/v1', 'https://api.example/openai/v1', 'https://api.example/openai/v1beta'],
  ['https://api.example/v1beta', 'https://api.example/v1', 'https://api.example/v1beta'],
  ['https://api.example/paas/v4', 'https://api.example/paas/v4', 'https://api.example/paas/v1beta'],
  ['https://user:secret@api.example/v1?key=x', 'https://api.example/v1', 'https://api.example/v1beta'],
])('%s', (text, shared, gemini) => {
  expect(readBaseUrl(text)).toEqual({ openai: shared, anthropic: shared, gemini })
})

test.each(['', 'localhost:8080', 'ftp://api.example', '/v1'])('%j is no address', (text) => {
  expect(readBaseUrl(text)).toBeUndefined()
})
