import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

test('the demo key gets an answer from the simulated provider, and the log a line', async () => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer vk_demo', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'simulated', messages: [{ role: 'user', content: 'hi' }] }),
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
  const [line] = await gateway.logged(1)
  expect(line).toMatchObject({ virtual_key: 'vk_demo', provider: 'simulated', status: 200, attempts: 1 })
})
