import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { run } from '../support/cli.ts'
import { KEYS, openTerminal, TERMINAL_MAKER } from '../support/terminal.ts'

const SECRET = 'sk-typed-at-a-terminal-0123456789'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-gateway-terminal-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function shown(...args: string[]): Promise<unknown> {
  const environment = { LLM_GATEWAY_HOME: join(folder, 'home') }
  const { stdout } = await run([...args, '--json'], { environment, workingDirectory: folder })
  return stdout === '' ? undefined : JSON.parse(stdout)
}

const reason = TERMINAL_MAKER === undefined ? ' (skipped: neither script nor python3)' : ''

describe.skipIf(TERMINAL_MAKER === undefined)(`at a terminal${reason}`, () => {
  test('an account is asked for: provider, name, and a key that is not shown', async () => {
    const terminal = openTerminal(folder, ['upstream', 'add'])
    await terminal.answer(/Which provider\?[\s\S]*OpenAI/, KEYS.down.repeat(3) + KEYS.enter)
    await terminal.answer(/Name of the account/, `-typed${KEYS.enter}`)
    await terminal.answer(/Its API key/, SECRET + KEYS.enter)
    expect(await terminal.ended).toBe(0)
    expect(terminal.screen()).toContain('is added')
    expect(terminal.screen()).not.toContain(SECRET)
    expect(await shown('upstream', 'list')).toMatchObject({
      items: [{ name: 'anthropic-typed', provider: 'anthropic', credential_hint: SECRET.slice(-4) }],
    })
  })

  test('an account at Azure is asked for the address of its resource, without which it is nowhere', async () => {
    const terminal = openTerminal(folder, ['upstream', 'add', '--provider', 'azure'])
    await terminal.answer(/Name of the account/, KEYS.enter)
    await terminal.answer(/Base URL/, `https://mine.openai.azure.com${KEYS.enter}`)
    await terminal.answer(/Its API key/, SECRET + KEYS.enter)
    expect(await terminal.ended).toBe(0)
    expect(await shown('upstream', 'show', 'azure')).toMatchObject({
      base_url: 'https://mine.openai.azure.com',
    })
  })

  test('Ctrl-C lets running answers end, and says so; a second one ends at once', async () => {
    const home = join(folder, 'stopped')
    await mkdir(home)
    const terminal = openTerminal(home, ['server', 'start', '--port', '0'])
    onTestFailed(() => terminal.answer(/^/, KEYS.ctrlC + KEYS.ctrlC))
    await terminal.answer(/Try it/, '')
    const [url = ''] = /http:\/\/[\d.:]+/.exec(terminal.screen()) ?? []
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer vk_demo', 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'simulated-stall',
        stream: true,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    })
    expect(answer.status).toBe(200)
    await terminal.answer(/^/, KEYS.ctrlC)
    await terminal.answer(/Answers are still running.*Ctrl-C/s, KEYS.ctrlC)
    expect(await terminal.ended).toBe(130)
    await expect(answer.text()).rejects.toThrow('terminated')
  })

  test('a key is asked for: name and permissions', async () => {
    const terminal = openTerminal(folder, ['apikey', 'add'])
    await terminal.answer(/Name of the key/, `typed${KEYS.enter}`)
    await terminal.answer(/What may it do\?[\s\S]*write/, KEYS.space + KEYS.enter)
    expect(await terminal.ended).toBe(0)
    expect(terminal.screen()).toMatch(/sk-gw-\S+/)
    expect(await shown('apikey', 'show', 'typed')).toMatchObject({ permissions: ['write'] })
  })

  test('removing asks first, and Ctrl-C changes nothing', async () => {
    const left = openTerminal(folder, ['apikey', 'remove', 'typed'])
    await left.answer(/Remove the virtual key "typed"/, KEYS.ctrlC)
    expect(await left.ended).toBe(1)
    expect(await shown('apikey', 'show', 'typed')).toBeDefined()
    const refused = openTerminal(folder, ['apikey', 'remove', 'typed'])
    await refused.answer(/Remove the virtual key "typed"/, KEYS.enter) // "no" is what stands there
    expect(await refused.ended).toBe(1)
    const sure = openTerminal(folder, ['apikey', 'remove', 'typed'])
    await sure.answer(/Remove the virtual key "typed"/, 'y')
    expect(await sure.ended).toBe(0)
    expect(await shown('apikey', 'show', 'typed')).toBeUndefined()
  })

  test('with its flags a command asks nothing, and --yes removes at once', async () => {
    const added = openTerminal(folder, ['apikey', 'add', '--name', 'flagged', '--quiet'])
    expect(await added.ended).toBe(0)
    expect(added.screen().trim()).toMatch(/^sk-gw-\S+$/)
    const removed = openTerminal(folder, ['apikey', 'remove', 'flagged', '--yes'])
    expect(await removed.ended).toBe(0)
  })
})
