import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway.close())

test.each(['openai', 'anthropic', 'google'])(
  'the TypeScript example for %s prints an answer',
  async (name) => {
    const printed = await run(process.execPath, [`examples/typescript/${name}.ts`])
    expect(printed).toContain('Simulated answer to: Say hello to a newcomer.')
  },
)

test('the curl example prints three streams', async () => {
  const printed = await run('sh', ['examples/curl/stream.sh'])
  expect(printed).toContain('data: [DONE]')
  expect(printed).toContain('event: message_stop')
  expect(printed).toContain('"finishReason":"STOP"')
})

async function run(program: string, programArguments: string[]): Promise<string> {
  const environment = { ...process.env, LLM_GATEWAY_URL: gateway.url }
  const child = spawn(program, programArguments, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  return Buffer.concat(chunks).toString('utf8')
}
