/**
 * `npm run test:agents`: real coding agents complete one tool loop each through the gateway, against every upstream format. Not part of
 * `npm test`: it installs about 0.9 GB. Words after it choose rows: `npm run test:agents -- codex gemini` runs those that contain both.
 * With `AGENTS_RECORD=<folder>` the requests that reached the gateway are written there.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import type { Agent } from './agent.ts'
import { claudeCode } from './claude-code.ts'
import { codex, codexBuiltIn, codexCodeMode } from './codex.ts'
import { geminiCli } from './gemini-cli.ts'
import { installAgents } from './install.ts'
import { runAgent } from './run-agent.ts'
import { type SteeredSimulator, startSteeredSimulator } from './steered-simulator.ts'

const AGENTS: readonly Agent[] = [claudeCode, codex, codexCodeMode, codexBuiltIn, geminiCli]

/** Each with a model that providers of this format run. */
const UPSTREAMS = {
  'openai-chat': { account: { provider: 'openai', dialect: 'openai-chat' }, model: 'gpt-4.1' },
  'openai-responses': { account: { provider: 'openai', dialect: 'openai-responses' }, model: 'gpt-5.2' },
  'anthropic-messages': { account: { provider: 'anthropic' }, model: 'claude-opus-5-5' },
  gemini: { account: { provider: 'gemini' }, model: 'gemini-3-pro-preview' },
} as const

type Upstream = keyof typeof UPSTREAMS

const PROMPT = 'Read the file note.txt and tell me the marker.'
const MARKER = 'quince-7421'

interface Row {
  readonly agent: string
  readonly upstream: string
  readonly problems: readonly string[]
  readonly requests: number
  readonly dropped: number
  readonly seconds: number
}

async function main(words: readonly string[]): Promise<void> {
  const chosen = AGENTS.flatMap((agent) =>
    (Object.keys(UPSTREAMS) as Upstream[])
      .filter((upstream) => agent.upstreams?.includes(upstream) ?? true)
      .filter((upstream) =>
        words.every((word) => `${nameOf(agent)} → ${upstream}`.toLowerCase().includes(word)),
      )
      .map((upstream) => ({ agent, upstream })),
  )
  const folder = await installAgents(chosen.map(({ agent }) => agent))
  const simulator = await startSteeredSimulator()
  const keys = Object.fromEntries(
    Object.entries(UPSTREAMS).map(([id, { account }]) => [
      `vk_${id}`,
      { ...account, api_key: `sk-up-${id}`, base_url: simulator.url },
    ]),
  )
  const gateway = await startGateway({ keys, environment: { QUOTA_ENABLED: 'false' } })
  const rows: Row[] = []
  try {
    for (const { agent, upstream } of chosen) {
      const row = await runOne(agent, upstream, { folder, gateway, simulator })
      process.stdout.write(`${formatRow(row)}\n`)
      rows.push(row)
    }
  } finally {
    await gateway.close()
    await simulator.close()
  }
  const failed = rows.filter(({ problems }) => problems.length > 0).length
  process.stdout.write(`\n${rows.length - failed} of ${rows.length} agents completed their tool loop\n`)
  process.exitCode = failed === 0 && rows.length > 0 ? 0 : 1
}

interface Stage {
  readonly folder: string
  readonly gateway: TestGateway
  readonly simulator: SteeredSimulator
}

async function runOne(agent: Agent, upstream: Upstream, { folder, gateway, simulator }: Stage): Promise<Row> {
  const place = await mkdtemp(join(tmpdir(), 'llm-gateway-agent-'))
  const run = {
    gatewayUrl: gateway.url,
    key: `vk_${upstream}`,
    model: agent.model ?? UPSTREAMS[upstream].model,
    home: join(place, 'home'),
    workspace: join(place, 'workspace'),
  }
  await mkdir(run.home)
  await mkdir(run.workspace)
  await writeFile(join(run.workspace, 'note.txt'), `the marker is ${MARKER}\n`)
  simulator.received.length = 0
  simulator.steerWith(agent.steering(run))
  const loggedBefore = (await gateway.logged()).length
  try {
    const { code, stdout, stderr, seconds } = await runAgent(agent, folder, run, PROMPT)
    // the log is written a moment after the answer
    await new Promise((resolve) => setTimeout(resolve, 400))
    const logged = (await gateway.logged()).slice(loggedBefore)
    await record(`${nameOf(agent)} ${upstream}`, logged)
    const problems = [
      ...(code === 0 ? [] : [`exit code ${code}: ${lastLine(stderr) || lastLine(stdout)}`]),
      ...problemsOf(simulator, stdout),
      ...logged.flatMap(({ status, path, error_code: error }) =>
        status < 400 || status === 426 ? [] : [`${path} answered ${status} ${error}`],
      ),
    ]
    const dropped = new Set(logged.flatMap((entry) => entry.dropped as string[])).size
    return { agent: nameOf(agent), upstream, problems, requests: logged.length, dropped, seconds }
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** The simulated model's last answer quotes the tool result, so that the marker has gone all the way round. */
function problemsOf({ received }: SteeredSimulator, stdout: string): string[] {
  const results = received.flatMap((request) => request.results)
  const isFreeText = received.some((request) => request.isFreeText)
  const problems = received.flatMap(({ path, status, problem }) =>
    status < 400 ? [] : [`upstream ${path} answered ${status}: ${problem.slice(0, 200)}`],
  )
  if (results.length === 0) problems.push('the upstream got no tool result')
  // what free text the simulator sends cannot be chosen: the agent runs it, and reports an error
  const expected = isFreeText ? 'The tool answered' : MARKER
  if (!stdout.includes(expected)) problems.push(`the answer does not say "${expected}"`)
  return problems
}

async function record(name: string, logged: readonly object[]): Promise<void> {
  const folder = process.env.AGENTS_RECORD
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${name.replaceAll(' ', '-').toLowerCase()}.json`)
  await writeFile(file, JSON.stringify(logged, null, 2))
}

function nameOf({ id, mode }: Agent): string {
  return mode === undefined ? id : `${id} (${mode})`
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}

function formatRow({ agent, upstream, problems, requests, dropped, seconds }: Row): string {
  const mark = problems.length === 0 ? '✓' : '✗'
  const counts = `${requests} requests, ${dropped} reported losses, ${seconds.toFixed(1)} s`
  const head = `${mark} ${agent.padEnd(26)} → ${upstream.padEnd(19)} ${counts}`
  return [head, ...problems.map((problem) => `    ${problem}`)].join('\n')
}

await main(process.argv.slice(2).map((word) => word.toLowerCase()))
