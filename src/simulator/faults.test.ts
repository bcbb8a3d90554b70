import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './server.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ slowFirstTokenMs: 60 })
})
afterAll(() => simulator.close())

type Mode = 'whole' | 'stream'

const message = { role: 'user', content: 'Hello' }
const DIALECTS = {
  chat: {
    path: () => '/v1/chat/completions',
    body: { messages: [message] },
    terminal: 'data: [DONE]',
    finish: /"finish_reason":"/,
    error: { error: { message: expect.any(String) as string, type: expect.any(String) as string } },
  },
  responses: {
    path: () => '/v1/responses',
    body: { input: 'Hello' },
    terminal: 'event: response.completed',
    finish: /event: response.completed/,
    error: { error: { message: expect.any(String) as string } },
  },
  anthropic: {
    path: () => '/v1/messages?beta=true',
    body: { max_tokens: 500, messages: [message] },
    terminal: 'event: message_stop',
    finish: /"stop_reason":"/,
    error: { type: 'error', error: { message: expect.any(String) as string } },
  },
  gemini: {
    path: (model: string, mode: Mode) =>
      `/v1beta/models/${model}:${mode === 'stream' ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ parts: [{ text: 'Hello' }] }] },
    terminal: '"finishReason"',
    finish: /"finishReason"/,
    error: { error: { code: expect.any(Number) as number, status: expect.any(String) as string } },
  },
} as const

type DialectName = keyof typeof DIALECTS
const NAMES = Object.keys(DIALECTS) as DialectName[]

function post(name: DialectName, model: string, mode: Mode, key = 'any', signal: AbortSignal | null = null) {
  const { path, body } = DIALECTS[name]
  const named = name === 'gemini' ? body : { ...body, model, stream: mode === 'stream' }
  const header = {
    chat: 'authorization',
    responses: 'authorization',
    anthropic: 'x-api-key',
    gemini: 'x-goog-api-key',
  }[name]
  const headers = {
    [header]: header === 'authorization' ? `Bearer ${key}` : key,
    'anthropic-version': '2023-06-01',
  }
  return fetch(simulator.url + path(model, mode), {
    method: 'POST',
    headers,
    body: JSON.stringify(named),
    signal,
  })
}

/** What arrived of a body, and whether it ended as it should. */
async function readAll(response: Response): Promise<{ text: string; isCut: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true })
    return { text, isCut: false }
  } catch {
    return { text, isCut: true }
  }
}

async function readStream(name: DialectName, model: string) {
  const { text, isCut } = await readAll(await post(name, model, 'stream'))
  const { terminal, finish } = DIALECTS[name]
  return {
    text,
    isCut,
    hasTerminal: text.includes(terminal),
    hasFinish: finish.test(text),
    hasContent: text.includes('Simulated'),
  }
}

describe.each(NAMES)('%s', (name) => {
  test.each([
    ['simulated-error-400', 400],
    ['simulated-error-401', 401],
    ['simulated-error-404', 404],
    ['simulated-error-429', 429],
    ['simulated-500', 500],
    ['simulated-error-503', 503],
    ['simulated-error-529', 529],
    ['simulated-context-length', 400],
  ])('%s answers %i in the shape of the dialect', async (model, status) => {
    for (const mode of ['whole', 'stream'] as const) {
      const response = await post(name, model, mode)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject(DIALECTS[name].error)
    }
  })

  test('an HTML error, and a connection reset before the headers', async () => {
    const response = await post(name, 'simulated-error-html', 'whole')
    expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html'])
    await expect(post(name, 'simulated-reset', 'stream')).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    })
  })

  test('a cut stream has content, but neither a finish nor a clean end', async () => {
    const cut = await readStream(name, 'simulated-cut')
    expect(cut).toMatchObject({ isCut: true, hasContent: true, hasFinish: false, hasTerminal: false })
    expect(await readStream(name, 'simulated-cut-early')).toMatchObject({ isCut: true, hasContent: false })
    expect(await readAll(await post(name, 'simulated-cut', 'whole'))).toMatchObject({ isCut: true })
  })

  test('a stream that ends early ends cleanly, without its finish; without done it lacks the last event', async () => {
    const early = await readStream(name, 'simulated-end-early')
    expect(early).toMatchObject({ isCut: false, hasContent: true, hasFinish: false, hasTerminal: false })
    const undone = await readStream(name, 'simulated-no-done')
    expect(undone).toMatchObject({ isCut: false, hasContent: true, hasTerminal: false })
  })

  test('malformed: one event is broken JSON; a whole answer is truncated JSON', async () => {
    const { text, hasTerminal } = await readStream(name, 'simulated-malformed')
    const broken = text.split('\n').filter((line) => line.startsWith('data: {') && !isJson(line.slice(6)))
    expect(broken).toHaveLength(1)
    expect(hasTerminal).toBe(true)
    const whole = await readAll(await post(name, 'simulated-malformed', 'whole'))
    expect([whole.isCut, isJson(whole.text)]).toEqual([false, false])
  })

  test('errors inside a stream', async () => {
    const late = await readStream(name, 'simulated-error-in-stream')
    expect(late).toMatchObject({ isCut: false, hasContent: true, hasFinish: false, hasTerminal: false })
    expect(late.text).toContain('Overloaded')
    const first = await readStream(name, 'simulated-error-first-event')
    expect(first).toMatchObject({ isCut: false, hasContent: false })
    expect(first.text.match(/^data: /gm)).toHaveLength(1)
    const whole = await post(name, 'simulated-error-first-event', 'whole')
    expect([whole.status, isJson(await whole.text())]).toEqual([200, true])
  })

  test('other line ends and comments change nothing else', async () => {
    const crlf = await readStream(name, 'simulated-crlf')
    expect(crlf.text.replaceAll('\r\n', '')).not.toContain('\n')
    const comments = await readStream(name, 'simulated-comments')
    expect(comments.text).toContain('\n: keep-alive\n\n')
    for (const stream of [crlf, comments])
      expect(stream).toMatchObject({ isCut: false, hasContent: true, hasTerminal: true })
  })

  test('a slow first token comes after the headers', async () => {
    for (const mode of ['whole', 'stream'] as const) {
      const response = await post(name, 'simulated-slow-first-token', mode)
      expect(response.status).toBe(200)
      expect((await readAll(response)).text).toContain('Simulated')
    }
  })

  test('once fails every other time, per credential', async () => {
    const statuses = []
    for (const key of ['a', 'a', 'b', 'a', 'b'])
      statuses.push((await post(name, 'simulated-error-500-once', 'whole', `${name}-${key}`)).status)
    expect(statuses).toEqual([500, 200, 500, 500, 200])
  })

  test('a stalled or silent answer stays open until the client leaves, which is noticed', async () => {
    for (const model of ['simulated-stall', 'simulated-silent']) {
      simulator.clear()
      const abort = new AbortController()
      const answer = post(name, model, 'stream', 'any', abort.signal).then((response) => readAll(response))
      answer.catch(() => undefined)
      await expect.poll(() => simulator.received.length).toBe(1)
      expect(simulator.received[0]?.aborted).toBe(false)
      abort.abort()
      await expect.poll(() => simulator.received[0]?.aborted).toBe(true)
      expect(simulator.received[0]?.abortedAtMs).toBeGreaterThan(0)
    }
  })
})

test('flap alternates between five good and five bad answers', async () => {
  const statuses = []
  for (let count = 0; count < 11; count += 1)
    statuses.push((await post('chat', 'simulated-flap', 'whole', 'flapper')).status)
  expect(statuses.map((status) => (status === 200 ? '+' : '-')).join('')).toBe('+++++-----+')
})

test('only the first 429 says when to come back', async () => {
  expect((await post('chat', 'simulated-error-429', 'whole')).headers.get('retry-after')).toBe('1')
  expect((await post('chat', 'simulated-error-429-no-retry-after', 'whole')).headers.has('retry-after')).toBe(
    false,
  )
})

test('big and long answers arrive completely', async () => {
  const big = await readStream('chat', 'simulated-big')
  expect(big.text.length).toBeGreaterThan(1_000_000)
  expect(big.hasTerminal).toBe(true)
  expect((await readStream('chat', 'simulated-long')).text.match(/"content":"word/g)).toHaveLength(400)
})

test('a slow answer is a plain one', async () => {
  const slow = await readStream('chat', 'simulated-slow')
  expect(slow).toMatchObject({ isCut: false, hasContent: true, hasTerminal: true })
})

test('a fault that the simulator plays is not taken for a client that left', async () => {
  simulator.clear()
  await readStream('chat', 'simulated-cut')
  await readStream('chat', 'simulated')
  expect(simulator.received.map((request) => request.aborted)).toEqual([false, false])
})

test('a thousand streams may be open at once', async () => {
  const abort = new AbortController()
  const open = Array.from({ length: 1000 }, () =>
    post('chat', 'simulated-stall', 'stream', 'any', abort.signal),
  )
  const statuses = new Set((await Promise.all(open)).map((response) => response.status))
  expect([...statuses]).toEqual([200])
  abort.abort()
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
