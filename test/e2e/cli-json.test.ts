import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { tokenShape } from '../../src/cli/admin-access.ts'
import { listCommands } from '../../src/cli/command-tree.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { backupShape, checkShape, copyShape, migrationShape } from '../../src/cli/store-care.ts'
import { trialShape } from '../../src/cli/upstream-test.ts'
import { rotationShape } from '../../src/cli/vault-keys.ts'
import { accountShape } from '../../src/control/account-shapes.ts'
import { auditEntryShape } from '../../src/control/audit.ts'
import { exportShape } from '../../src/control/export.ts'
import { issuedKeyShape, keyShape } from '../../src/control/key-shapes.ts'
import { routeShape } from '../../src/control/route-shapes.ts'
import { teamShape } from '../../src/control/team-shapes.ts'
import { vaultStateShape } from '../../src/control/vault-state.ts'
import { makeContext, run } from '../support/cli.ts'
import { runToEnd } from '../support/cli-process.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

// What scripts rely on: every command's `--json`, one after the other in one folder, each held to its shape.

const itemsOf = (item: z.ZodType) => z.strictObject({ items: z.array(item).min(1) })
const configInit = z.strictObject({ config_file: z.string(), created: z.boolean() })
const proxy = z.strictObject({
  name: z.enum(['http_proxy', 'https_proxy', 'no_proxy']),
  value: z.string().nullable(),
  source: z.string().nullable(),
})
const proxies = z.strictObject({ items: z.array(proxy).length(3) })
const proxiesChanged = proxies.extend({ config_file: z.string(), changed: z.literal(true) })
const health = z.strictObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  timestamp: z.iso.datetime(),
  providers: z.record(z.string(), z.object({ healthy: z.boolean(), url: z.string() })),
})
const status = z.strictObject({
  url: z.url(),
  running: z.boolean(),
  pid: z.number().nullable(),
  version: z.string(),
  config_file: z.string().nullable(),
  config_valid: z.boolean(),
  keys: z.number().nullable(),
  accounts: z.number().nullable(),
  health: z.string().nullable(),
  providers: z.record(z.string(), z.boolean()),
})
const chat = z.strictObject({ model: z.string(), text: z.string(), finish_reason: z.string().nullable() })

/** A command line without `--json`, the shape of what it prints, and the exit code where that is not 0. */
type Case = readonly [line: string, shape: z.ZodType, code?: number]

const CASES: readonly Case[] = [
  ['init', configInit],
  ['config init', configInit],
  ['config path', z.strictObject({ config_file: z.string(), exists: z.boolean(), home_folder: z.string() })],
  ['team add --name red --models simulated*', teamShape],
  ['team list', itemsOf(teamShape)],
  ['team show red', teamShape],
  ['team edit red --endpoints chat/completions --metadata a=b', teamShape],
  ['team disable red', teamShape],
  ['team enable red', teamShape],
  [
    'upstream add --provider openai --name sim --key sk-upstream-of-the-test --base-url {simulator}',
    accountShape,
  ],
  ['upstream list --provider openai', itemsOf(accountShape)],
  ['upstream show sim', accountShape],
  ['upstream edit sim --weight 2 --models gpt-*,simulated*', accountShape],
  ['upstream disable sim', accountShape],
  ['upstream enable sim', accountShape],
  ['upstream test sim', trialShape],
  ['upstream test sim --model simulated-error-401', trialShape, 1],
  ['apikey add --name one --team red --account sim --expires 30d --quota 7 --metadata a=b', issuedKeyShape],
  ['apikey list', itemsOf(keyShape)],
  ['apikey show one', keyShape],
  ['apikey edit one --models simulated --strict', keyShape],
  ['apikey rotate one --grace 1h', issuedKeyShape],
  ['apikey disable one', keyShape],
  ['apikey enable one', keyShape],
  ['route add --source-model fast --target-model simulated --target-provider sim', routeShape],
  ['route list', itemsOf(routeShape)],
  ['route show {route}', routeShape],
  ['route edit {route} --priority 3 --description quick', routeShape],
  ['route disable {route}', routeShape],
  ['route enable {route}', routeShape],
  ['env set --http-proxy=http://user:secret@proxy:8080 --no-proxy=localhost', proxiesChanged],
  ['env list', proxies],
  ['env show --name=http_proxy', proxy],
  ['env unset --name=http_proxy', proxiesChanged],
  [
    'config check',
    z.strictObject({ valid: z.boolean(), files: z.array(z.string()), warnings: z.array(z.string()) }),
  ],
  ['config show', z.looseObject({ server: z.object({ port: z.number() }), accounts: z.array(z.unknown()) })],
  ['config export', exportShape],
  ['store migrate', migrationShape],
  ['store check', checkShape],
  ['store backup backup.db', backupShape],
  ['store copy --to copy.db', copyShape],
  ['vault status', vaultStateShape],
  ['vault rotate', rotationShape],
  ['admin token --rotate', tokenShape],
  [
    'audit list',
    z.strictObject({ items: z.array(auditEntryShape).min(15), next_cursor: z.string().nullable() }),
  ],
  ['status --url {gateway}', status],
  ['health --url {gateway}', health],
  ['chat --url {gateway} --key vk_demo --model simulated hello', chat],
  ['route remove {route}', routeShape],
  ['apikey remove one', keyShape],
  ['upstream remove sim', accountShape],
  ['team remove red', teamShape],
]

/** In processes of their own, below; and with an authorization server (`cli-oauth.test.ts`). */
const OTHERS = ['server start', 'server stop', 'server status']
const SIGN_INS = ['start', 'callback', 'status', 'refresh', 'logout'].map((verb) => `oauth ${verb}`)
/** One prints a script, one runs until it is stopped (`test/e2e/cli.test.ts`), one is tested with its checks (`src/conformance`). */
const WITHOUT = ['completions', 'simulate', 'conformance']

let folder = ''
let gateway: TestGateway

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-gateway-json-'))
  gateway = await startGateway()
})

afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

const inFolder = () => ({
  environment: { LLM_GATEWAY_HOME: join(folder, 'home') },
  workingDirectory: folder,
  homeDirectory: folder,
})

test('every command prints JSON of its shape, and no secret that was given to it', async () => {
  const places = { simulator: gateway.simulator.url, gateway: gateway.url, route: '' }
  for (const [line, shape, code = 0] of CASES) {
    const filled = line.replace(/\{(\w+)\}/g, (_, name: keyof typeof places) => places[name])
    const result = await run([...filled.split(' '), '--json'], inFolder())
    expect({ line, code: result.code, stderr: result.stderr }).toMatchObject({ line, code })
    const value: unknown = JSON.parse(result.stdout)
    const parsed = shape.safeParse(value)
    expect({ line, issues: parsed.error?.issues ?? [] }).toEqual({ line, issues: [] })
    expect(result.stdout).not.toMatch(/sk-upstream-of-the-test|user:secret/)
    if (line.startsWith('route add')) places.route = routeShape.parse(value).id
  }
})

test('no command is missing above', () => {
  const commands = listCommands(buildProgram(makeContext().context))
  const names = commands
    .filter(({ command }) => command.commands.length === 0)
    .map(({ place }) => place.join(' '))
  const tested = [...CASES.map(([line]) => line), ...OTHERS, ...SIGN_INS, ...WITHOUT]
  const isTested = (name: string) => tested.some((line) => line === name || line.startsWith(`${name} `))
  expect(names.filter((name) => !isTested(name))).toEqual([])
})

test('server start, status and stop as well', async () => {
  const runHere = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await runToEnd(folder, [...args, '--json'])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    return JSON.parse(stdout)
  }
  const started = await runHere('server', 'start', '--detach', '--port', '0')
  z.strictObject({ url: z.url(), pid: z.int(), log_file: z.string() }).parse(started)
  const running = {
    running: z.literal(true),
    pid: z.int(),
    url: z.url(),
    started_at: z.iso.datetime(),
    uptime_seconds: z.int(),
    health: z.string(),
  }
  z.strictObject(running).parse(await runHere('server', 'status'))
  z.strictObject({ stopped: z.literal(true), pid: z.int(), url: z.url() }).parse(
    await runHere('server', 'stop'),
  )
})
