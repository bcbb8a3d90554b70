import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_TOKEN, type AdminClient, type Body, startAdmin } from './admin-client.ts'

let admin: AdminClient
beforeAll(async () => {
  admin = await startAdmin()
})
afterAll(() => admin.close())

test('the examples of docs/admin-api.md do what they say', async () => {
  const manual = readFileSync('docs/admin-api.md', 'utf8')
  const [, script = ''] = /```sh\n(.*?)```/s.exec(manual) ?? []
  const { code, printed } = await run(script)
  expect(code).toBe(0)
  expect(printed).toContain('"secret":"sk-gw-')
  const { body } = await admin.call('GET', '/audit')
  const actions = body.items.map(({ action }: Body) => action)
  expect(actions).toEqual([
    'virtual_key.delete',
    'virtual_key.rotate',
    'virtual_key.update',
    'model_route.create',
    'virtual_key.create',
    'team.create',
    'account.create',
  ])
})

async function run(script: string): Promise<{ code: unknown; printed: string }> {
  const env = { ...process.env, GATEWAY: admin.gateway.url, ADMIN_TOKEN }
  const child = spawn('sh', ['-eu', '-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  return { code, printed: Buffer.concat(chunks).toString('utf8') }
}
