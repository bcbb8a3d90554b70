import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createInteractionLog, type InteractionLogOptions } from './interaction-log.ts'
import type { InteractionRecord } from './interaction-record.ts'
import { createRedactor } from './redact.ts'

const RECORD: InteractionRecord = {
  timestampMs: Date.UTC(2026, 10, 1, 12, 0, 0, 7),
  virtualKey: 'vk_demo',
  provider: 'openai',
  method: 'POST',
  path: '/v1/chat/completions?key=abc',
  status: 200,
  durationMs: 120,
  request: { model: 'gpt-5' },
  response: { id: 'x' },
  requestId: 'req_1',
  model: 'gpt-5',
  upstream: 'main',
  attempts: 1,
  usage: { input_tokens: 3 },
  costNanoUsd: 250_000,
  isStreaming: false,
  firstTokenMs: null,
  dropped: [],
  errorCode: null,
  isClientAborted: false,
}

let folder: string
let stdout: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interaction-log-'))
  stdout = join(folder, 'stdout')
})
afterEach(() => rm(folder, { recursive: true }))

function open(options: Partial<InteractionLogOptions> = {}) {
  return createInteractionLog({
    format: 'json',
    redact: createRedactor([]),
    stdout: openSync(stdout, 'a'),
    ...options,
  })
}

async function logged(...records: InteractionRecord[]): Promise<Record<string, unknown>[]> {
  const log = await open()
  for (const record of records) log.write(record)
  await log.close()
  const lines = (await readFile(stdout, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a line has its keys in the documented order', async () => {
  const log = await open()
  log.write(RECORD)
  await log.close()
  expect(await readFile(stdout, 'utf8')).toBe(
    '{"timestamp":"2026-11-01T12:00:00.007Z","virtual_key":"vk_demo","provider":"openai","method":"POST",' +
      '"status":200,"duration_ms":120,"request":{"model":"gpt-5"},"response":{"id":"x"},"request_id":"req_1",' +
      '"model":"gpt-5","upstream":"main","attempts":1,"usage":{"input_tokens":3},"cost_usd":0.00025,' +
      '"stream":false,"first_token_ms":null,"dropped":[],"path":"/v1/chat/completions?key=[redacted]",' +
      '"client_aborted":false}\n',
  )
})

test('bodies that were not captured are null, and a failure names its code', async () => {
  const [row] = await logged({ ...RECORD, request: undefined, response: null, errorCode: 'upstream_timeout' })
  expect(row).toMatchObject({ request: null, response: null, error_code: 'upstream_timeout' })
})

test('pretty is the same, indented', async () => {
  const log = await open({ format: 'pretty' })
  log.write(RECORD)
  await log.close()
  const printed = await readFile(stdout, 'utf8')
  expect(printed).toMatch(/^\{\n {2}"timestamp"/)
  expect(JSON.parse(printed)).toMatchObject({ request: { model: 'gpt-5' }, client_aborted: false })
})

test('lines appear without a flush, within a second', async () => {
  const log = await open()
  log.write(RECORD)
  await expect.poll(() => readFile(stdout, 'utf8'), { timeout: 5000 }).toContain('req_1')
  await log.close()
})

test('flush waits until the line is there', async () => {
  const log = await open()
  await log.flush()
  log.write(RECORD)
  await log.flush()
  expect(await readFile(stdout, 'utf8')).toContain('req_1')
  for (let index = 0; index < 100; index++) log.write({ ...RECORD, requestId: `more-${index}` })
  await log.flush()
  expect((await readFile(stdout, 'utf8')).trimEnd().split('\n')).toHaveLength(101)
  await log.close()
})

test('thousands of lines of any length arrive whole and in order', async () => {
  const records = Array.from({ length: 2000 }, (_, index) => ({
    ...RECORD,
    requestId: String(index),
    request: 'é'.repeat(index % 97 === 0 ? 60_000 : index % 50),
  }))
  const rows = await logged(...records)
  expect(rows.map((row) => row.request_id)).toEqual(records.map((record) => record.requestId))
  expect(rows.map((row) => row.request)).toEqual(records.map((record) => record.request))
})

test('secrets are kept out of bodies, and names the operator chose stay', async () => {
  const log = await open({ redact: createRedactor(['sk-live-secret', 'ollama', '123456789']) })
  log.write({
    ...RECORD,
    provider: 'ollama',
    durationMs: 123456789,
    request: { text: 'my key is sk-live-secret', tools: [{ authorization: 'Bearer of unknown origin' }] },
  })
  await log.close()
  const printed = await readFile(stdout, 'utf8')
  expect(printed).not.toMatch(/sk-live|unknown origin/)
  expect(JSON.parse(printed)).toMatchObject({
    provider: 'ollama',
    duration_ms: 123456789,
    request: { text: 'my key is [redacted]', tools: [{ authorization: '[redacted]' }] },
  })
})

test('a body that JSON cannot express costs its line the bodies, not more', async () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  let failures = 0
  const log = await open({ onFailure: () => failures++ })
  log.write({ ...RECORD, request: cyclic })
  await log.close()
  expect(JSON.parse(await readFile(stdout, 'utf8'))).toMatchObject({ request: null, request_id: 'req_1' })
  expect(failures).toBe(1)
})

test.runIf(process.platform === 'linux')(
  'a full disk is counted, warned of once, and nothing throws',
  async () => {
    let failures = 0
    const warnings: unknown[] = []
    const logger = { warn: (...args: unknown[]) => void warnings.push(args) }
    const log = await open({ stdout: openSync('/dev/full', 'w'), logger, onFailure: () => failures++ })
    log.write(RECORD)
    await log.flush()
    log.write(RECORD)
    await log.flush()
    await log.close()
    expect(failures).toBeGreaterThanOrEqual(2)
    expect(warnings).toMatchObject([[{ err: { code: 'ENOSPC' }, failures: 1 }, expect.any(String)]])
  },
)

test('a line written after close is counted and dropped', async () => {
  let failures = 0
  const log = await open({ onFailure: () => failures++ })
  await log.close()
  await log.close()
  await log.flush()
  log.write(RECORD)
  expect(failures).toBe(1)
})

test('a file gets the same lines, and is rotated by size with old files removed', async () => {
  const path = join(folder, 'logs', 'gateway.log')
  const log = await open({ file: { path, maxSizeBytes: 5000, maxFiles: 3 } })
  for (let batch = 0; batch < 8; batch++) {
    for (let index = 0; index < 20; index++) log.write({ ...RECORD, requestId: `${batch}-${index}` })
    await log.flush()
    await expect
      .poll(() => readdir(join(folder, 'logs')), { timeout: 5000 })
      .toContain(`gateway.${batch + 2}.log`)
  }
  log.write({ ...RECORD, requestId: 'last' })
  await log.close()
  const files = await readdir(join(folder, 'logs'))
  expect(files.filter((name) => /\.\d+\.log$/.test(name)).length).toBeLessThanOrEqual(3)
  const current = await readFile(join(folder, 'logs', 'gateway.log'), 'utf8')
  expect(current).toBe(await readFile(join(folder, 'logs', 'gateway.9.log'), 'utf8'))
  expect(await readFile(join(folder, 'logs', 'gateway.9.log'), 'utf8')).toContain('"request_id":"last"')
  expect((await readFile(stdout, 'utf8')).trimEnd().split('\n')).toHaveLength(8 * 20 + 1)
})

test.skipIf(process.platform === 'win32')('a log file, rotated or not, is for its owner alone', async () => {
  const path = join(folder, 'logs', 'gateway.log')
  const log = await open({ file: { path, maxSizeBytes: 500, maxFiles: 3 } })
  for (let index = 0; index < 20; index++) log.write(RECORD)
  await log.flush()
  await expect.poll(() => readdir(join(folder, 'logs')), { timeout: 5000 }).toContain('gateway.2.log')
  await log.close()
  for (const name of await readdir(join(folder, 'logs'))) {
    const { mode } = await stat(join(folder, 'logs', name))
    expect([name, mode & 0o777]).toEqual([name, 0o600])
  }
})

test('a log file that cannot be opened is refused at the start', async () => {
  await writeFile(join(folder, 'not-a-folder'), '')
  const path = join(folder, 'not-a-folder', 'gateway.log')
  await expect(open({ file: { path, maxSizeBytes: 5000, maxFiles: 3 } })).rejects.toThrow(/ENOTDIR|EEXIST/)
})

/** Runs a small program that logs to its own stdout. */
function runProgram(body: string) {
  const program = `
    import { createInteractionLog } from ${JSON.stringify(new URL('interaction-log.ts', import.meta.url).href)}
    import { createRedactor } from ${JSON.stringify(new URL('redact.ts', import.meta.url).href)}
    const record = ${JSON.stringify(RECORD)}
    let failures = 0
    const log = await createInteractionLog({ format: 'json', redact: createRedactor([]), onFailure: () => failures++ })
    ${body}`
  return spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('close before process.exit loses nothing on a pipe', async () => {
  const child = runProgram(
    'for (let i = 0; i < 500; i++) log.write(record)\nawait log.close()\nprocess.exit(0)',
  )
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(printed.trimEnd().split('\n')).toHaveLength(500)
  expect(code).toBe(0)
})

test('a reader that leaves ends neither the program nor its exit', async () => {
  const child = runProgram(`
    log.write(record)
    await log.flush()
    while (failures === 0) { log.write(record); await log.flush() }
    log.write(record)
    await log.close()
    process.stderr.write('failures counted: ' + (failures >= 2))
    process.exit(0)`)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(complaint).toBe('failures counted: true')
  expect(code).toBe(0)
})

test('process.exit with a full destination does not hang', async () => {
  const child = runProgram(`
    log.write(record)
    process.exit(3)`)
  child.stdout.destroy()
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(3)
})
