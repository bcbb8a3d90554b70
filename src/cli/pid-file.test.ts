import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  isAlive,
  pidFilePath,
  type RunningGateway,
  readPidFile,
  removePidFile,
  writePidFile,
} from './pid-file.ts'

async function makeHome(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pid-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A process that looks like a gateway, or does not. */
async function startProcess(...args: string[]): Promise<number> {
  const program = 'setInterval(() => {}, 1000); process.stdout.write(" ")'
  const child: ChildProcess = spawn(process.execPath, ['-e', program, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child.pid ?? 0
}

const gateway = (pid: number, port: number): RunningGateway => ({
  pid,
  url: `http://127.0.0.1:${port}`,
  startedAt: '2026-11-20T12:00:00.000Z',
})

test('what was written is read while the gateway lives', async () => {
  const home = join(await makeHome(), 'not-there-yet')
  const running = gateway(await startProcess('server', 'start'), 8080)
  expect(await writePidFile(home, running)).toBe('written')
  expect(await readPidFile(home)).toEqual(running)
  expect(await readdir(home)).toEqual(['llm-gateway.pid'])
})

// where the system tells what a process is
test.runIf(process.platform === 'linux')(
  'a number that belongs to another program by now is no gateway',
  async () => {
    const home = await makeHome()
    await writePidFile(home, gateway(await startProcess('something', 'else'), 8080))
    expect(await readPidFile(home)).toBeUndefined()
  },
)

test('a gateway that is gone is not found', async () => {
  const home = await makeHome()
  const child = spawn(process.execPath, ['-e', '', 'server', 'start'])
  await once(child, 'exit')
  await writePidFile(home, gateway(child.pid ?? 0, 8080))
  expect(await readPidFile(home)).toBeUndefined()
})

test('a living gateway keeps its file against another one at its port, not against one elsewhere', async () => {
  const home = await makeHome()
  const first = gateway(await startProcess('server', 'start'), 8080)
  await writePidFile(home, first)
  expect(await writePidFile(home, gateway(process.pid, 8080))).toBe('taken')
  expect(await readPidFile(home)).toEqual(first)
  expect(await writePidFile(home, gateway(process.pid, 8081))).toBe('written')
})

test('only its own gateway removes the file', async () => {
  const home = await makeHome()
  await writePidFile(home, gateway(process.pid, 8080))
  await removePidFile(home, process.pid + 1)
  expect(await readdir(home)).toHaveLength(1)
  await removePidFile(home, process.pid)
  expect(await readdir(home)).toHaveLength(0)
})

test.each(['', 'no json', '{"pid":-1,"url":"x","startedAt":""}'])(
  '%j in the file is no gateway',
  async (content) => {
    const home = await makeHome()
    await writeFile(pidFilePath(home), content)
    expect(await readPidFile(home)).toBeUndefined()
  },
)

test('this process is alive', () => {
  expect(isAlive(process.pid)).toBe(true)
})
