import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/server.ts'
import { type Answer, bearer, chat, chatBody, send } from '../support/client.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

const STREAMS = 50
const EXECUTABLE = join(import.meta.dirname, '../../bin/llm-gateway.js')
const PACE = { chunkDelayMs: 40 }

const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Opens streams and resolves, with what will become of each, once every one has begun. */
async function openStreams(url: string, key: string): Promise<Promise<string>[]> {
  const body = JSON.stringify(chatBody('simulated', { stream: true }))
  const headers = { ...bearer(key), 'content-type': 'application/json' }
  const path = `${url}/v1/chat/completions`
  const begun = Array.from({ length: STREAMS }, () => fetch(path, { method: 'POST', headers, body }))
  return (await Promise.all(begun)).map((response) => response.text())
}

function expectComplete(texts: readonly string[]): void {
  expect(texts).toHaveLength(STREAMS)
  for (const text of texts) {
    expect(text).toContain('"finish_reason":"stop"')
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  }
}

test('close() lets 50 streams end completely, and each has its log line', async () => {
  const gateway = await startGateway({ simulator: PACE })
  cleanups.push(() => gateway.close())
  const streams = await openStreams(gateway.url, 'vk_demo')
  await gateway.app.close()
  expectComplete(await Promise.all(streams))
  const lines = await gateway.logged(STREAMS)
  expect(lines.map(({ status, client_aborted }) => [status, client_aborted])).toEqual(
    Array.from({ length: STREAMS }, () => [200, false]),
  )
  for (const { usage } of lines) expect(usage.output_tokens).toBeGreaterThan(0)
})

test('close() accepts no new connection, and says so to whoever asks on an open one', async () => {
  const gateway = await startGateway({ simulator: PACE })
  cleanups.push(() => gateway.close())
  const { port, hostname } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString()
  })
  const ask = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: gateway\r\n\r\n`)
  ask('/health/ready')
  await until(() => received.includes('"ready"'))
  // an open answer keeps this connection from being closed as idle
  socket.write(streamRequest())
  await until(() => received.includes('data: '))
  const closing = gateway.app.close()
  await expect(send(`${gateway.url}/health`)).rejects.toThrow('fetch failed')
  ask('/health/ready')
  await closing
  await until(() => socket.closed)
  expect(received).toContain('data: [DONE]')
  expect(received.slice(received.indexOf('data: [DONE]'))).toMatch(/503 Service Unavailable.*"draining"/s)
})

function streamRequest(): string {
  const body = JSON.stringify(chatBody('simulated', { stream: true }))
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'host: gateway',
    'authorization: Bearer vk_demo',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

test('close() cuts what is still under way at its deadline, so that no cut stream looks complete', async () => {
  const gateway = await startGateway({ flags: { 'server.shutdown_timeout': '200ms' } })
  cleanups.push(() => gateway.close())
  const stalled = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...bearer('vk_demo'), 'content-type': 'application/json' },
    body: JSON.stringify(chatBody('simulated-stall', { stream: true })),
  })
  const text = stalled.text().catch(() => 'broken')
  await gateway.app.close()
  expect(await text).toBe('broken')
  const [line] = await gateway.logged(1)
  expect(line).toMatchObject({ client_aborted: true })
})

test('close() twice is close() once', async () => {
  const gateway = await startGateway()
  cleanups.push(() => gateway.close())
  const first = gateway.app.close()
  await Promise.all([first, gateway.app.close()])
  await gateway.app.close()
  await expect(send(`${gateway.url}/health`)).rejects.toThrow('fetch failed')
})

interface Running {
  readonly child: ChildProcess
  readonly url: string
  stdout(): string
}

/** `llm-gateway server start` in a folder of its own, with one key for the simulated provider. */
async function startExecutable(providerUrl: string): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-executable-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  const account = { provider: 'simulated', api_key: 'sk-account', base_url: providerUrl, quota: null }
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ virtual_keys: { vk_exe: account } }), {
    mode: 0o600,
  })
  const child = spawn(process.execPath, [EXECUTABLE, 'server', 'start', '--port', '0', '--json'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, LLM_GATEWAY_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'close')
  })
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const banner = await until(() => {
    if (child.exitCode !== null) throw new Error(stderr())
    return stderr()
      .split('\n')
      .find((line) => line.startsWith('{"url"') && line.endsWith('}'))
  })
  return { child, url: JSON.parse(banner).url, stdout }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  return () => text
}

test('SIGTERM lets 50 streams end completely, and then the process exits with 0', async () => {
  const simulator = await startSimulator(PACE)
  cleanups.push(() => simulator.close())
  const running = await startExecutable(simulator.url)
  const { child, url } = running
  const streams = await openStreams(url, 'vk_exe')
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  expectComplete(await Promise.all(streams))
  expect(await ended).toEqual([0, null])
  const lines = running.stdout().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).status)).toEqual(Array.from({ length: STREAMS }, () => 200))
})

test('SIGTERM with nothing under way exits with 0 as well, open connections or not', async () => {
  const simulator = await startSimulator()
  cleanups.push(() => simulator.close())
  const { child, url } = await startExecutable(simulator.url)
  const answer: Answer = await chat(url, 'vk_exe')
  expect(answer.status).toBe(200)
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
