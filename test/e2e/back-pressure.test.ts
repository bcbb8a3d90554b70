import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'

const MEBIBYTE = 1024 * 1024
const TOTAL_BYTES = 200 * MEBIBYTE
/** What sockets and streams on the way may hold together: what was never sent is in nobody's memory. The kernel alone takes several megabytes. */
const MAX_ON_THE_WAY = 48 * MEBIBYTE

let upstream: ScriptedUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const keys = { vk_openai: { provider: 'openai', api_key: 'sk-secret', base_url: upstream.url } }
  gateway = await startGateway({ keys, flags: { 'proxy.request_timeout': '60s', 'logging.capture': 'none' } })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

interface Progress {
  sentBytes: number
}

/** Writes `piece` until the total has been sent, as fast as the reader allows. */
function pour(type: string, piece: Buffer, last: string, progress: Progress) {
  return async (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type })
    while (progress.sentBytes < TOTAL_BYTES) {
      progress.sentBytes += piece.length
      if (!response.write(piece)) await once(response, 'drain')
    }
    response.end(last)
  }
}

async function open(path: string, body: object): Promise<IncomingMessage> {
  const headers = { authorization: 'Bearer vk_openai', 'content-type': 'application/json' }
  const call = request(gateway.url + path, { method: 'POST', headers })
  call.end(JSON.stringify(body))
  // nothing is read before somebody listens for data
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  return response
}

/** Resolves once the upstream has got no further for a third of a second. */
async function standstill(progress: Progress): Promise<number> {
  let before = -1
  let rounds = 0
  while (rounds < 6) {
    rounds = progress.sentBytes === before ? rounds + 1 : 0
    before = progress.sentBytes
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return progress.sentBytes
}

async function countBytes(response: IncomingMessage): Promise<number> {
  let bytes = 0
  for await (const chunk of response) bytes += (chunk as Buffer).length
  return bytes
}

const CHUNK = Buffer.from(
  `data: {"choices":[{"index":0,"delta":{"content":"${'x'.repeat(64 * 1024)}"}}]}\n\n`,
)
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const CASES = [
  ['a stream of events', '/v1/chat/completions', 'text/event-stream', CHUNK, END],
  ['bytes', '/v1/audio/speech', 'audio/mpeg', Buffer.alloc(64 * 1024), ''],
] as const

test.each(CASES)('a client that stops reading %s stops the upstream', async (...row) => {
  const [, path, type, piece, last] = row
  const progress = { sentBytes: 0 }
  upstream.answerWith(pour(type, piece, last, progress))
  const messages = [{ role: 'user', content: 'x' }]
  const stream_options = { include_usage: true }
  const response = await open(path, { model: 'm', messages, stream: true, stream_options })
  const sentBytes = await standstill(progress)
  expect(sentBytes).toBeGreaterThan(0)
  expect(sentBytes).toBeLessThan(MAX_ON_THE_WAY)
  expect(await countBytes(response)).toBe(progress.sentBytes + last.length)
  expect(progress.sentBytes).toBeGreaterThanOrEqual(TOTAL_BYTES)
})
