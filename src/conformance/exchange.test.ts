import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  json,
  type ScriptedUpstream,
  sse,
  startScriptedUpstream,
} from '../../test/support/scripted-upstream.ts'
import { readBaseUrl } from './base-url.ts'
import { eventsOf, exchange, type Server } from './exchange.ts'

let upstream: ScriptedUpstream
let server: Server

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const urls = readBaseUrl(upstream.url)
  if (urls === undefined) throw new Error('no address')
  server = { urls, key: 'k', timeoutMs: 10_000 }
})

afterAll(() => upstream.close())

test.each([
  ['openai', '/v1/x', 'authorization', 'Bearer k'],
  ['anthropic', '/v1/x', 'x-api-key', 'k'],
  ['gemini', '/v1beta/x', 'x-goog-api-key', 'k'],
] as const)('%s has its own path and credential', async (family, path, header, value) => {
  upstream.answerWith(json('{}'))
  await exchange(server, { family, path: '/x', body: {} })
  expect(upstream.received.at(-1)).toMatchObject({ method: 'POST', path, headers: { [header]: value } })
})

test('an empty key is not sent', async () => {
  upstream.answerWith(json('{}'))
  await exchange(server, { family: 'openai', path: '/x', key: '' })
  expect(upstream.received.at(-1)?.method).toBe('GET')
  expect(upstream.received.at(-1)?.headers.authorization).toBeUndefined()
})

test('events are read whatever pieces they come in', async () => {
  upstream.answerWith(sse(['event: a\r\nda', 'ta: 1\r\n', '\r\ndata: 2\n\n']))
  const events = eventsOf(await exchange(server, { family: 'openai', path: '/x' }))
  expect(events).toEqual([{ event: 'a', data: '1' }, { data: '2' }])
})

test('an answer that breaks off is kept as far as it came', async () => {
  upstream.answerWith((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n', () => response.destroy())
  })
  const answer = await exchange(server, { family: 'openai', path: '/x' })
  expect(answer).toMatchObject({ status: 200, text: 'data: 1\n\n', brokenBy: expect.any(String) })
})

test('silence ends with the time', async () => {
  upstream.answerWith(() => {})
  const silent = exchange({ ...server, timeoutMs: 20 }, { family: 'openai', path: '/x' })
  await expect(silent).rejects.toThrow(/GET http.*no answer in time/)
})

test('a key is not carried to where a redirect leads', async () => {
  upstream.answerWith((response) => response.writeHead(302, { location: '/elsewhere' }).end())
  const before = upstream.received.length
  await expect(exchange(server, { family: 'openai', path: '/x' })).rejects.toThrow(/redirect/)
  expect(upstream.received.length).toBe(before + 1)
})
