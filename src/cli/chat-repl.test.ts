import { expect, onTestFinished, test } from 'vitest'
import { makeContext } from '../../test/support/cli.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { converse } from './chat-repl.ts'

async function talk(input: string, model = 'simulated', system?: string) {
  const simulator = await startSimulator()
  onTestFinished(() => simulator.close())
  const { context, stdout, stderr } = makeContext({ input })
  const target = { url: simulator.url, key: 'any', model }
  await converse(context, { target, system, delivery: 'streamed' })
  return { simulator, stdout: stdout(), stderr: stderr() }
}

const messagesOf = (simulator: Simulator) =>
  simulator.received.map(({ body }) => (body as { messages: { role: string; content: string }[] }).messages)

test('every question is asked with all that was said before it', async () => {
  const { simulator, stdout } = await talk('one\n\ntwo\n', 'simulated', 'Be brief.')
  expect(stdout).toMatch(/^Simulated answer to: one.*\nSimulated answer to: two.*\n$/)
  expect(messagesOf(simulator)[1]?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
})

test('a question that was not answered is forgotten, and the conversation goes on', async () => {
  const { simulator, stderr } = await talk('one\ntwo\n', 'simulated-error-429')
  expect(messagesOf(simulator)[1]).toEqual([{ role: 'user', content: 'two' }])
  expect(stderr).toContain('The gateway refused (429)')
})

test('the end of the input ends it', async () => {
  expect((await talk('')).stdout).toBe('')
})
