import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, ask, errorCodeOf, parseEvents, readBody } from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts'

/** No deadline but the one under test comes before the test itself is given up. */
const PATIENT = {
  'proxy.request_timeout': '120s',
  'proxy.response_timeout': '120s',
  'proxy.first_content_timeout': '120s',
  'proxy.idle_timeout': '120s',
  'proxy.stream_timeout': '120s',
  'proxy.connect_timeout': '120s',
  'proxy.tls_timeout': '120s',
}
const STREAMED: Ask = { dialect: 'anthropic-messages', model: 'm', mode: 'streamed', key: 'vk_scripted' }
const WHOLE: Ask = { ...STREAMED, mode: 'whole' }
const PING = 'event: ping\ndata: {"type":"ping"}\n\n: and a comment\n\n'
const START =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","usage":{"input_tokens":1,"output_tokens":1}}}\n\n'
const BLOCK =
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
const DELTA =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}\n\n'

let upstream: ScriptedUpstream
let gateway: TestGateway | undefined

beforeAll(async () => {
  upstream = await startScriptedUpstream()
})
afterAll(() => upstream.close())
afterEach(() => gateway?.close())

async function startWith(flags: Record<string, string>, baseUrl = upstream.url): Promise<string> {
  const keys = { vk_scripted: { provider: 'anthropic', api_key: 'sk-ant-1', base_url: baseUrl } }
  gateway = await startGateway({ keys, flags: { ...PATIENT, ...flags } })
  return gateway.url
}

/** Writes `text` at once and `repeated` every 20 ms for as long as somebody listens. */
function drip(text: string, repeated: string, type = 'text/event-stream') {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type })
    response.write(text)
    const timer = setInterval(() => response.write(repeated), 20)
    response.once('close', () => clearInterval(timer))
  }
}

async function expectTimeout(response: Response): Promise<void> {
  expect(response.status).toBe(504)
  expect(errorCodeOf('anthropic-messages', await response.json())).toBe('upstream_timeout')
}

async function expectBrokenStream(response: Response): Promise<void> {
  expect(response.status).toBe(200)
  const events = parseEvents((await readBody(response)).bytes)
  expect(events[0]?.event).toBe('message_start')
  expect(events.at(-1)?.event).toBe('error')
  expect(errorCodeOf('anthropic-messages', events.at(-1)?.json)).toBe('upstream_timeout')
}

describe('a deadline of its own bounds', () => {
  test('connecting: TCP answers, TLS never does', async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const url = await startWith(
      { 'proxy.connect_timeout': '150ms', 'proxy.tls_timeout': '150ms' },
      `https://127.0.0.1:${port}`,
    )
    await expectTimeout(await ask(url, WHOLE))
    for (const socket of sockets) socket.destroy()
    mute.close()
  })

  test.each([WHOLE, STREAMED])('the response headers, $mode', async (request) => {
    upstream.answerWith(() => {})
    const url = await startWith({ 'proxy.response_timeout': '200ms' })
    await expectTimeout(await ask(url, request))
    await upstream.received.at(-1)?.closed
  })

  test('the first content, which pings and a preamble are not', async () => {
    upstream.answerWith(drip(START, PING))
    const url = await startWith({ 'proxy.first_content_timeout': '200ms' })
    await expectTimeout(await ask(url, STREAMED))
    await upstream.received.at(-1)?.closed
  })

  test('the pause between two chunks, once content has come', async () => {
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(START + BLOCK + DELTA)
    })
    const url = await startWith({ 'proxy.idle_timeout': '200ms' })
    await expectBrokenStream(await ask(url, STREAMED))
    await upstream.received.at(-1)?.closed
  })

  test('a whole stream, however busy it is', async () => {
    upstream.answerWith(drip(START + BLOCK, DELTA))
    const url = await startWith({ 'proxy.stream_timeout': '300ms' })
    await expectBrokenStream(await ask(url, STREAMED))
    await upstream.received.at(-1)?.closed
  })

  test('a whole answer that is not streamed, however busy it is', async () => {
    upstream.answerWith(drip('{"a":"', 'x', 'application/json'))
    const url = await startWith({ 'proxy.request_timeout': '300ms' })
    await expectTimeout(await ask(url, WHOLE))
    await upstream.received.at(-1)?.closed
  })
})

describe('a deadline leaves alone', () => {
  const MESSAGE = '{"id":"msg_1","type":"message","content":[],"usage":{"input_tokens":1,"output_tokens":1}}'
  const STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'

  test('a stream that goes on and on, where only whole answers are bounded', async () => {
    upstream.answerWith((response) => {
      drip(START + BLOCK, DELTA)(response)
      setTimeout(() => response.end(STOP), 400)
    })
    const url = await startWith({ 'proxy.request_timeout': '200ms', 'proxy.idle_timeout': '5s' })
    const events = parseEvents((await readBody(await ask(url, STREAMED))).bytes)
    expect(events.at(-1)?.event).toBe('message_stop')
  })

  test('a whole answer that comes later than a stream’s first content would have to', async () => {
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      setTimeout(() => response.end(MESSAGE), 400)
    })
    const url = await startWith({ 'proxy.first_content_timeout': '100ms', 'proxy.idle_timeout': '100ms' })
    const response = await ask(url, WHOLE)
    expect([response.status, await response.text()]).toEqual([200, MESSAGE])
  })

  test('a stream whose terminal event has come, though its connection stays open', async () => {
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(START + BLOCK + DELTA + STOP)
    })
    const url = await startWith({ 'proxy.idle_timeout': '200ms' })
    const { bytes, isBroken } = await readBody(await ask(url, STREAMED))
    expect([bytes.toString(), isBroken]).toEqual([START + BLOCK + DELTA + STOP, false])
  })
})
