import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCli } from '../../src/cli/program.ts'
import { begunSignInShape, signInShape } from '../../src/control/sign-in-shapes.ts'
import { startAuthorizationServer, type TestAuthorizationServer } from '../support/authorization-server.ts'
import { makeContext, run } from '../support/cli.ts'
import { until } from '../support/until.ts'

interface Here {
  readonly server: TestAuthorizationServer
  readonly at: { environment: Record<string, string>; workingDirectory: string; homeDirectory: string }
  /** Runs a command line; its words are split at blanks. */
  readonly call: (line: string, input?: string) => ReturnType<typeof run>
}

/** An account of type `oauth` at a real authorization server on loopback. */
async function setUp(without: readonly string[] = [], provider = 'anthropic'): Promise<Here> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-oauth-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const server = await startAuthorizationServer()
  const at = {
    environment: { LLM_GATEWAY_HOME: join(folder, 'home') },
    workingDirectory: folder,
    homeDirectory: folder,
  }
  // what Anthropic wants otherwise than the standard
  const standard = { token_request_format: 'form', sends_state: 'false' }
  const settings = Object.entries({ ...server.overrides, ...standard })
    .filter(([name]) => !without.includes(name))
    .flatMap(([name, value]) => toFlags(name, value))
  const added = await run(
    ['upstream', 'add', '--type=oauth', `--provider=${provider}`, '--name=sub', ...settings],
    at,
  )
  expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('oauth start') })
  return { server, at, call: (line, input = '') => run(line.split(' '), { ...at, input }) }
}

function toFlags(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return ['--oauth-setting', `${name}=${value.join(' ')}`]
  if (typeof value === 'string') return ['--oauth-setting', `${name}=${value}`]
  return Object.entries(value as object).flatMap(([member, part]) => toFlags(`${name}.${member}`, part))
}

const json = (text: string): unknown => JSON.parse(text)

test('start prints where to go, callback takes what the browser ended with; then status, refresh, logout', async () => {
  const { server, call } = await setUp()
  expect(await call('oauth status sub')).toMatchObject({ code: 1, stdout: expect.stringContaining('nobody') })
  const started = await call('oauth start sub --json')
  expect(started).toMatchObject({ code: 0, stderr: expect.stringContaining('terms') })
  const flow = begunSignInShape.parse(json(started.stdout))
  if (flow.flow !== 'code') throw new Error('not a code flow')

  const finished = await call('oauth callback sub --json', await server.browse(flow.url))
  expect(finished.code).toBe(0)
  expect(signInShape.parse(json(finished.stdout)).state).toBe('signed_in')
  const status = await call('oauth status sub --json')
  expect(status.code).toBe(0)
  expect(signInShape.parse(json(status.stdout))).toMatchObject({ state: 'signed_in', failure: null })
  const refreshed = await call('oauth refresh sub --json')
  expect(signInShape.parse(json(refreshed.stdout)).state).toBe('signed_in')
  expect(server.tokenRequests('refresh_token')).toBe(1)
  const left = await call('oauth logout sub --json')
  expect(signInShape.parse(json(left.stdout)).state).toBe('signed_out')
  expect(await call('oauth logout sub')).toMatchObject({ code: 1 })
  expect(await call('oauth refresh sub')).toMatchObject({ code: 1 })
  const audit = await call('audit list --json')
  expect(audit.stdout).toMatch(/account\.sign_out[\s\S]*account\.sign_in/)
})

test('a code without its state needs the sign-in that it belongs to', async () => {
  const { server, call } = await setUp()
  const flow = begunSignInShape.parse(json((await call('oauth start sub --no-wait --json')).stdout))
  if (flow.flow !== 'code') throw new Error('not a code flow')
  const code = new URL(await server.browse(flow.url)).searchParams.get('code') ?? ''
  expect((await call(`oauth callback sub ${code}`)).code).not.toBe(0)
  expect(await call(`oauth callback sub ${code} --flow ${flow.id}`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Signed in.'),
  })
})

test('the browser may come back to this machine', async () => {
  const { server, at } = await setUp(['redirect_uri'])
  const { context, stdout, stderr } = makeContext(at)
  const ended = runCli(['oauth', 'start', 'sub', '--loopback'], context)
  const url = await until(() => /^ {2}(http\S+)$/m.exec(stderr())?.[1])
  const redirected = new URL(await server.browse(url))
  expect((await fetch(redirected)).status).toBe(200)
  expect(await ended).toBe(0)
  expect(stdout()).toContain('Signed in.')
})

test('a wait that is interrupted ends without a sign-in', async () => {
  const { at } = await setUp(['redirect_uri'])
  const { context, events, stderr } = makeContext(at)
  const ended = runCli(['oauth', 'start', 'sub', '--loopback'], context)
  await until(() => stderr().includes('Waiting'))
  events.emit('SIGINT')
  expect(await ended).toBe(1)
  expect(stderr()).toContain('Cancelled')
})

test('a device flow tells where to go and what to enter', async () => {
  const { at } = await setUp(['authorization_endpoint', 'redirect_uri'], 'openai')
  const { context, events, stderr } = makeContext(at)
  const ended = runCli(['oauth', 'start', 'sub'], context)
  await until(() => /Open http\S+\nand enter the code \S+/.test(stderr()))
  events.emit('SIGINT')
  expect(await ended).toBe(1)
})

test('only accounts of that type are signed in to, and wrong settings are told at once', async () => {
  const { call } = await setUp()
  await call('upstream add --provider openai --name plain --key sk-of-the-test')
  expect(await call('oauth start plain')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('api-key'),
  })
  expect(await call('oauth start nobody')).toMatchObject({ code: 1 })
  const wrong = await call('upstream add --type oauth --provider openai --name x --oauth-setting client_id=a')
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('token_endpoint') })
})
