import { createHash } from 'node:crypto'
import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, chat, type Json, send } from '../support/client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const hash = (key: string) => createHash('sha256').update(key).digest('hex')

const YAML = `
gateway_keys:
  - { id: all, key_hash: "${hash('gw-all')}" }
  - { id: few, key_hash: "${hash('gw-few')}", models: ["fast"] }
  - id: own
    key_hash: "${hash('gw-own')}"
    model_routes:
      routes: [{ source_model: mine, target_model: simulated, target_provider: openai }]
      default_behavior: reject
upstream_accounts:
  - { id: up, provider: openai, api_key: sk-upstream, base_url: "{simulator}" }
model_routes:
  routes:
    - { source_model: fast, target_model: simulated, target_provider: openai }
    - { source_model: "house-*", target_model: simulated, target_provider: openai }
    - { source_model: nowhere, target_model: m, target_provider: groq }
    - { source_model: off, target_model: simulated, target_provider: openai, enabled: false }
`

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({ yaml: YAML })
})

afterAll(() => gateway.close())

const get = async (path: string, headers: Record<string, string>): Promise<Json> =>
  (await send(gateway.url + path, { headers })).json

const idsOf = async (key: string): Promise<string[]> =>
  (await get('/v1/models', bearer(key))).data.map(({ id }: Json) => id)

describe('a list of models has the names that routes give them', () => {
  test('where they are names, are in force, and lead somewhere', async () => {
    const ids = await idsOf('gw-all')
    expect(ids).toEqual(expect.arrayContaining(['fast', 'openai/simulated']))
    for (const absent of ['house-*', 'nowhere', 'off', 'simulated']) expect(ids).not.toContain(absent)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('as far as the key may use them', async () => {
    expect(await idsOf('gw-few')).toEqual(['fast'])
    expect(await idsOf('gw-own')).toEqual(['mine'])
  })

  test('and every name that is listed can be called', async () => {
    for (const model of (await idsOf('gw-all')).filter((id) => /(^|\/)(fast|simulated|gpt-.*)$/.test(id))) {
      const { status } = await chat(gateway.url, 'gw-all', model)
      expect([model, status]).toEqual([model, 200])
    }
  })

  test('in the shape of each client, one by one too', async () => {
    const key = { 'x-api-key': 'gw-few', 'anthropic-version': '2023-06-01' }
    expect(await get('/v1/models', bearer('gw-few'))).toEqual({
      object: 'list',
      data: [{ id: 'fast', object: 'model', created: 0, owned_by: 'openai' }],
    })
    // every field that the SDK's type promises
    const fast: Anthropic.ModelInfo = {
      type: 'model',
      id: 'fast',
      display_name: 'fast',
      created_at: '1970-01-01T00:00:00Z',
      capabilities: null,
      deprecated_at: null,
      lifecycle: 'active',
      line: null,
      max_input_tokens: null,
      max_tokens: null,
      retires_at: null,
    }
    expect(await get('/v1/models', key)).toEqual({
      data: [fast],
      has_more: false,
      first_id: 'fast',
      last_id: 'fast',
    })
    expect(await get('/v1beta/models', { 'x-goog-api-key': 'gw-few' })).toMatchObject({
      models: [{ name: 'models/fast', supportedGenerationMethods: expect.any(Array) }],
    })
    expect(await get('/v1/models/fast', bearer('gw-few'))).toMatchObject({ id: 'fast', object: 'model' })
    expect(await get('/v1/models/fast', key)).toMatchObject({ id: 'fast', type: 'model' })
    expect(await get('/v1beta/models/fast', { 'x-goog-api-key': 'gw-few' })).toMatchObject({
      name: 'models/fast',
    })
  })
})
