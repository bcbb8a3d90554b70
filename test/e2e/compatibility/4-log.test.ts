import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../../src/config/secrets.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { bearer, chat, chatBody, send } from '../../support/client.ts'
import { type LoggedInteraction, startGateway, type TestGateway } from '../../support/gateway.ts'
import { startGatewayProcess } from '../../support/gateway-process.ts'
import { until } from '../../support/until.ts'

const ACCOUNT = { provider: 'openai', api_key: 'sk-logged-account', base_url: '{simulator}' }

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({
    keys: {
      'vk_a-literal-virtual-key': ACCOUNT,
      'vk_to-chat': { ...ACCOUNT, dialect: 'openai-chat' },
      'vk_to-responses': { ...ACCOUNT, dialect: 'openai-responses' },
      'vk_to-messages': { ...ACCOUNT, provider: 'anthropic' },
      'vk_to-gemini': { ...ACCOUNT, provider: 'gemini' },
    },
    yaml: `
gateway_keys:
  - { id: gw_1, name: team-api, key_hash: ${sha256Hex('gw-secret-key-of-the-team')} }
upstream_accounts:
  - { id: up_1, name: production, provider: openai, api_key: sk-declared, base_url: "{simulator}" }
`,
  })
})

afterAll(() => gateway.close())

/** What is logged of the interaction that `act` makes. */
async function loggedOf(act: () => Promise<unknown>): Promise<LoggedInteraction> {
  const before = (await gateway.logged()).length
  await act()
  const line = (await gateway.logged(before + 1))[before]
  if (line === undefined) throw new Error('nothing was logged')
  return line
}

test('§4 one JSON object per interaction, with the fields of before', async () => {
  const line = await loggedOf(() => chat(gateway.url, 'vk_a-literal-virtual-key', 'gpt-5'))
  expect(line).toMatchObject({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    virtual_key: expect.any(String),
    provider: 'openai',
    method: 'POST',
    status: 200,
    duration_ms: expect.any(Number),
    request: chatBody('gpt-5'),
    response: { object: 'chat.completion', choices: [{ finish_reason: 'stop' }] },
  })
})

test('§4 ours adds request_id, model, upstream, attempts, usage, cost, stream, first token and dropped', async () => {
  let requestId: string | null = null
  const line = await loggedOf(async () => {
    const answer = await chat(gateway.url, 'vk_a-literal-virtual-key', 'gpt-4o')
    requestId = answer.headers.get('x-request-id')
  })
  expect(line).toMatchObject({
    request_id: requestId,
    model: 'gpt-4o',
    upstream: expect.stringMatching(/^openai-/),
    attempts: 1,
    usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    cost_usd: expect.any(Number),
    stream: false,
    first_token_ms: expect.any(Number),
    dropped: [],
  })
  expect(line.usage.total_tokens).toBe(line.usage.input_tokens + line.usage.output_tokens)
  expect(line.cost_usd).toBeGreaterThan(0)
})

test('§4 a streamed answer is logged as the folded whole', async () => {
  const key = 'vk_a-literal-virtual-key'
  const whole = await loggedOf(() => chat(gateway.url, key, 'gpt-5'))
  const streamed = await loggedOf(() => chat(gateway.url, key, 'gpt-5', { stream: true }))
  expect(streamed).toMatchObject({ stream: true, response: { object: 'chat.completion' } })
  const [said] = whole.response.choices
  expect(streamed.response.choices[0].message.content).toBe(said.message.content)
  expect(streamed.usage).toMatchObject(whole.usage)
})

const STREAMS = [
  ['/v1/chat/completions', chatBody('m', { stream: true })],
  ['/v1/completions', { model: 'm', prompt: 'hi', stream: true }],
  ['/v1/responses', { model: 'm', input: 'hi', stream: true }],
  ['/v1/messages', chatBody('m', { stream: true, max_tokens: 900 })],
  ['/v1beta/models/m:streamGenerateContent?alt=sse', { contents: [{ parts: [{ text: 'hi' }] }] }],
] as const

/** In the place where the client's format has its text, pieces put together. */
const SAID = /"(content|text)":"Simulated answer to: hi/

describe.each(['vk_to-chat', 'vk_to-responses', 'vk_to-messages', 'vk_to-gemini'])('%s', (key) => {
  test.each(STREAMS)(
    '§4 a streamed answer that is converted is logged as the folded whole: %s',
    async (path, body) => {
      const line = await loggedOf(() => send(gateway.url + path, { headers: bearer(key), body }))
      expect(line).toMatchObject({ status: 200, stream: true })
      expect(JSON.stringify(line.response)).toMatch(SAID)
    },
  )
})

test('§4 a streamed answer that is converted is logged as the folded whole: an array for Gemini clients', async () => {
  const body = { contents: [{ parts: [{ text: 'hi' }] }] }
  const url = `${gateway.url}/v1beta/models/m:streamGenerateContent`
  const line = await loggedOf(() => send(url, { headers: bearer('vk_to-chat'), body }))
  expect(line.response).toMatchObject({ candidates: [{ finishReason: 'STOP' }] })
  expect(JSON.stringify(line.response)).toMatch(SAID)
})

test('§4 a converted stream that breaks off is logged as far as it came', async () => {
  const body = chatBody('simulated-cut', { stream: true, max_tokens: 900 })
  const line = await loggedOf(() =>
    send(`${gateway.url}/v1/messages`, { headers: bearer('vk_to-chat'), body }),
  )
  expect(line).toMatchObject({ status: 200, error_code: 'upstream_cut', response: { type: 'message' } })
  expect(line.response.content[0].text).not.toBe('')
})

test('§4 full capture of bodies is on for keys from keys.json, and otherwise off', async () => {
  const literal = await loggedOf(() => chat(gateway.url, 'vk_a-literal-virtual-key', 'gpt-5'))
  expect([literal.request, literal.response]).not.toContain(null)
  const declared = await loggedOf(() => chat(gateway.url, 'gw-secret-key-of-the-team', 'gpt-5'))
  expect([declared.request, declared.response]).toEqual([null, null])
  expect(declared.usage.input_tokens).toBeGreaterThan(0)
})

test('§4 virtual_key is the first characters of a literal key, never the secret', async () => {
  const line = await loggedOf(() => chat(gateway.url, 'vk_a-literal-virtual-key', 'gpt-5'))
  expect('vk_a-literal-virtual-key'.startsWith(line.virtual_key.replace('…', ''))).toBe(true)
  expect(line.virtual_key.length).toBeLessThan(12)
  expect(gateway.logText()).not.toContain('vk_a-literal-virtual-key')
})

test('§4 virtual_key is the name of a declared key', async () => {
  const line = await loggedOf(() => chat(gateway.url, 'gw-secret-key-of-the-team', 'gpt-5'))
  expect(line.virtual_key).toBe('team-api')
  expect(gateway.logText()).not.toContain('gw-secret-key-of-the-team')
})

test('§4 a refused request is logged too', async () => {
  const line = await loggedOf(() => chat(gateway.url, 'vk_nobody-knows-this-key'))
  expect(line).toMatchObject({ virtual_key: null, provider: null, status: 401, attempts: 0 })
})

test('§4 the log is on stdout, one line per interaction and nothing else', async () => {
  const simulator = await startSimulator()
  const account = { ...ACCOUNT, base_url: simulator.url }
  const files = { 'keys.json': JSON.stringify({ virtual_keys: { vk_stdout: account } }) }
  const printing = await startGatewayProcess({ files })
  await chat(printing.url, 'vk_stdout')
  await send(`${printing.url}/chat/completions`, { headers: bearer('vk_nobody'), body: chatBody('m') })
  await printing.close()
  await simulator.close()
  const lines = printing.stdout().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).status)).toEqual([200, 401])
})

test('§4 LOG_FORMAT=pretty prints it indented', async () => {
  const simulator = await startSimulator()
  const account = { ...ACCOUNT, base_url: simulator.url }
  const files = { 'keys.json': JSON.stringify({ virtual_keys: { vk_pretty: account } }) }
  const printing = await startGatewayProcess({ files, environment: { LOG_FORMAT: 'pretty' } })
  await chat(printing.url, 'vk_pretty')
  const text = await until(() => printing.stdout())
  expect(text).toContain('\n  "status": 200')
  expect(JSON.parse(text)).toMatchObject({ status: 200, provider: 'openai' })
  await printing.close()
  await simulator.close()
})
