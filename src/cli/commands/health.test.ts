import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../../test/support/cli.ts'

/** Something that answers every request with this. */
async function answerWith(body: object | string): Promise<string> {
  const server = createServer((_request, response) =>
    response.end(typeof body === 'string' ? body : JSON.stringify(body)),
  )
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const OPENAI = {
  healthy: true,
  online: true,
  url: 'http://x/v1',
  latency_ms: 12.4,
  checked_at: 'now',
  circuit: 'closed',
}
const report = (status: string, providers: object) => ({ status, timestamp: 'now', providers })

test('one sick provider of two is shown, and is no failure', async () => {
  const anthropic = { ...OPENAI, healthy: false, latency_ms: null, checked_at: null }
  const url = await answerWith(report('degraded', { openai: OPENAI, anthropic }))
  const { code, stdout } = await run(['health', '--url', url])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^openai +healthy +12 ms +now +http:\/\/x\/v1$/m)
  expect(stdout).toMatch(/^anthropic +unhealthy +- +never/m)
})

test('a gateway that cannot serve is a failure', async () => {
  const url = await answerWith(report('unhealthy', { openai: { ...OPENAI, healthy: false } }))
  expect(await run(['health', '--url', url, '--quiet'])).toEqual({ code: 1, stdout: '', stderr: '' })
})

test('something else than a gateway is told apart', async () => {
  const { code, stderr } = await run(['health', '--url', await answerWith('<html>')])
  expect(code).toBe(1)
  expect(stderr).toContain('is not an LLM gateway')
})
