import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts'
import { bearer, chat, chatBody, send } from '../../support/client.ts'
import { startGateway } from '../../support/gateway.ts'

const KEYS = {
  vk_openai: { provider: 'openai', api_key: 'sk-openai' },
  vk_anthropic: { provider: 'anthropic', api_key: 'sk-ant' },
}

let simulator: Simulator
let folder: string
let servicesFile: string

beforeAll(async () => {
  simulator = await startSimulator()
  folder = await mkdtemp(join(tmpdir(), 'llm-gateway-services-'))
  servicesFile = join(folder, 'aiservices.json')
  const services = {
    openai: `${simulator.url}/elsewhere/v1/chat/completions`,
    anthropic: `${simulator.url}/other/v1/messages`,
  }
  await writeFile(servicesFile, JSON.stringify(services))
})

afterAll(async () => {
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

test('§5 aiservices.json, named by AISERVICES_FILE, overrides where a provider is reached', async () => {
  const gateway = await startGateway({ keys: KEYS, environment: { AISERVICES_FILE: servicesFile } })
  simulator.clear()
  expect((await chat(gateway.url, 'vk_openai', 'gpt-5')).status).toBe(200)
  const body = chatBody('claude-5', { max_tokens: 9 })
  const asked = await send(`${gateway.url}/v1/messages`, { headers: bearer('vk_anthropic'), body })
  expect(asked.status).toBe(200)
  expect(simulator.received.map(({ path }) => path)).toEqual([
    '/elsewhere/v1/chat/completions',
    '/other/v1/messages',
  ])
  await gateway.close()
})

test('§5 the other endpoints of such a provider hang below the same base', async () => {
  const gateway = await startGateway({ keys: KEYS, environment: { AISERVICES_FILE: servicesFile } })
  simulator.clear()
  await send(`${gateway.url}/v1/responses`, {
    headers: bearer('vk_openai'),
    body: { model: 'gpt-5', input: 'hi' },
  })
  await send(`${gateway.url}/v1/models`, { headers: bearer('vk_openai') })
  expect(simulator.received.map(({ path }) => path)).toEqual([
    '/elsewhere/v1/responses',
    '/elsewhere/v1/models',
  ])
  await gateway.close()
})

test('§5 in our own config: providers.<id>.base_url', async () => {
  const yaml = 'providers: { openai: { base_url: "{simulator}/configured/v1" } }'
  const gateway = await startGateway({ keys: KEYS, yaml })
  expect((await chat(gateway.url, 'vk_openai', 'gpt-5')).status).toBe(200)
  expect(gateway.simulator.received).toMatchObject([{ path: '/configured/v1/chat/completions' }])
  await gateway.close()
})
