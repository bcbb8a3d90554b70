import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../support/cli.ts'
import type { Json } from '../support/client.ts'
import { type PassingAnswer, startDamagingRelay } from '../support/damaging-relay.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

// `llm-gateway conformance`, against a gateway of ours and against servers that are broken on purpose.

const ACCOUNTS = {
  chat: { provider: 'openai', dialect: 'openai-chat' },
  responses: { provider: 'openai', dialect: 'openai-responses' },
  messages: { provider: 'anthropic' },
  gemini: { provider: 'gemini' },
} as const

/** What formats of upstreams cannot say. */
const SKIPPED = {
  demo: [],
  chat: ['messages stop'],
  responses: ['chat stop', 'completions stop', 'messages stop', 'gemini stop'],
  messages: [],
  gemini: ['messages stop'],
} as const

const KEY = 'sk-of-the-relay'

let gateway: TestGateway

beforeAll(async () => {
  const keys = Object.entries(ACCOUNTS).map(([id, account]) => [
    `vk_${id}`,
    { ...account, api_key: 'sk-up', base_url: '{simulator}' },
  ])
  gateway = await startGateway({
    keys: Object.fromEntries(keys) as Record<string, object>,
    demo: true,
    flags: { 'quota.enabled': false },
  })
})

afterAll(() => gateway.close())

/** Runs the command with `--json`. */
async function examine(url: string, key: string, ...options: readonly string[]) {
  const args = ['conformance', '--json', '--base-url', url, '--concurrency', '8', ...options]
  const result = await run(args, { environment: { LLM_GATEWAY_KEY: key } })
  const report: Json = result.stdout === '' ? undefined : JSON.parse(result.stdout)
  return { ...result, report }
}

/** `format check` of everything that came to this. */
function named(report: Json, outcome: string): string[] {
  return report.formats.flatMap(({ format, checks }: Json) =>
    checks.filter((check: Json) => check.outcome === outcome).map(({ id }: Json) => `${format} ${id}`),
  )
}

/** What fails when the simulated provider's answers are spoiled. */
async function failures(damage: (answer: PassingAnswer) => void, ...options: readonly string[]) {
  const relay = await startDamagingRelay(gateway.simulator.url, KEY, damage)
  try {
    const { code, report } = await examine(relay.url, KEY, ...options)
    return { code, failed: named(report, 'fail'), report }
  } finally {
    await relay.close()
  }
}

describe('a gateway of ours', () => {
  test.each(Object.entries(SKIPPED))('AGT-06 nothing fails behind %s', async (account, skipped) => {
    const { code, stderr, report } = await examine(gateway.url, `vk_${account}`, '--model', 'simulated')
    expect({ code, stderr, failed: named(report, 'fail') }).toEqual({ code: 0, stderr: '', failed: [] })
    // the simulated provider answers to any name of a model
    const others = named(report, 'skip').filter((name) => !name.endsWith(' unknown-model'))
    expect(others).toEqual(skipped)
    expect(report.formats.map(({ offered }: Json) => offered)).toEqual([true, true, true, true, true])
  })

  test('without a model it takes the simulated one, and an address may end in its version', async () => {
    const { code, report } = await examine(`${gateway.url}/v1/`, 'vk_demo', '--format', 'messages')
    expect({ code, model: report.model }).toEqual({ code: 0, model: 'simulated' })
  })
})

/** Spoils the JSON of whole answers, or of each event. */
function edit(text: string, change: (json: Json) => void): string {
  return text.replace(/^(data: )?(\{.*)$/gm, (_line, prefix: string | undefined, data: string) => {
    const json: Json = JSON.parse(data)
    change(json)
    return `${prefix ?? ''}${JSON.stringify(json)}`
  })
}

/** A stream without the first event that has this in it. */
function without(text: string, part: string): string {
  const events = text.split('\n\n')
  const index = events.findIndex((event) => event.includes(part))
  return events.toSpliced(index, index === -1 ? 0 : 1).join('\n\n')
}

const STREAMS = ['stream-grammar', 'tool-stream-grammar']
const CALLS = [
  'tool-auto',
  'tool-auto-stream',
  'tool-forced',
  'tool-forced-stream',
  'two-tools',
  'two-tools-stream',
]

describe('a server that passes, but for one defect', () => {
  test('none at all', async () => {
    expect(await failures(() => {})).toMatchObject({ code: 0, failed: [] })
  })

  test.each<[string, string, (answer: PassingAnswer) => void, readonly string[]]>([
    [
      'no finish_reason',
      'chat',
      (answer) => {
        if (!answer.isStream)
          answer.text = edit(answer.text, (json) => delete json.choices?.[0]?.finish_reason)
      },
      ['finish', 'max-tokens', 'stop', 'tool-auto', 'tool-forced', 'two-tools'],
    ],
    [
      'no finish_reason in streams',
      'chat',
      (answer) => {
        if (answer.isStream)
          answer.text = answer.text.replace(/"finish_reason":"\w+"/, '"finish_reason":null')
      },
      ['stream-finish', 'tool-auto-stream', 'tool-forced-stream', 'two-tools-stream', ...STREAMS],
    ],
    [
      'no [DONE]',
      'completions',
      (answer) => {
        answer.text = without(answer.text, 'data: [DONE]')
      },
      ['stream-grammar'],
    ],
    [
      'counts that nobody asked for',
      'completions',
      (answer) => {
        answer.text = answer.text.replace(
          'data: [DONE]',
          'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n$&',
        )
      },
      ['stream-grammar', 'stream-no-usage', 'stream-shape', 'stream-usage'],
    ],
    [
      'no message_stop',
      'messages',
      (answer) => {
        answer.text = without(answer.text, 'event: message_stop')
      },
      STREAMS,
    ],
    [
      'a gap in the numbers',
      'responses',
      (answer) => {
        if (answer.isStream) answer.text = without(answer.text, '"type":"response.in_progress"')
      },
      STREAMS,
    ],
    [
      'errors in another shape',
      'gemini',
      (answer) => {
        if (answer.status >= 400) answer.text = '{"detail":"no"}'
      },
      ['malformed-json', 'no-input', 'wrong-key', 'unknown-field'],
    ],
    [
      'errors with status 500',
      'messages',
      (answer) => {
        if (answer.status === 400) answer.status = 500
      },
      ['malformed-json', 'no-model', 'no-input', 'unknown-field'],
    ],
    [
      'no usage',
      'chat',
      (answer) => {
        if (!answer.isStream) answer.text = edit(answer.text, (json) => delete json.usage)
      },
      ['usage'],
    ],
    [
      'sums that are wrong',
      'gemini',
      (answer) => {
        answer.text = answer.text.replace(/"totalTokenCount":\d+/g, '"totalTokenCount":1')
      },
      ['usage', 'stream-usage'],
    ],
    [
      'arguments that are no JSON',
      'chat',
      (answer) => {
        answer.text = answer.text.replace(/"arguments":"(\{|\\")/g, '"arguments":"<$1')
      },
      CALLS,
    ],
    [
      'no index, and a call without its type',
      'chat',
      (answer) => {
        const part = answer.isStream ? '"index":0,"delta"' : '"type":"function",'
        answer.text = answer.text.replaceAll(part, answer.isStream ? '"delta"' : '')
      },
      ['stream-shape', 'tool-auto', 'tool-forced', 'tool-stream-shape', 'two-tools'],
    ],
    [
      'no model in streams',
      'completions',
      (answer) => {
        if (answer.isStream) answer.text = answer.text.replaceAll('"model":"simulated",', '')
      },
      ['stream-shape'],
    ],
    [
      'items that begin without a type',
      'responses',
      (answer) => {
        const untyped = (json: Json) => json.type === 'response.output_item.added' && delete json.item.type
        if (answer.isStream) answer.text = edit(answer.text, untyped)
      },
      ['stream-shape', 'tool-stream-shape'],
    ],
    [
      'no counts at the beginning',
      'messages',
      (answer) => {
        if (answer.isStream) answer.text = edit(answer.text, (json) => delete json.message?.usage)
      },
      ['stream-shape', 'tool-stream-shape'],
    ],
    [
      'no id in streams',
      'gemini',
      (answer) => {
        if (answer.isStream) answer.text = edit(answer.text, (json) => delete json.responseId)
      },
      ['stream-shape', 'tool-stream-shape'],
    ],
    [
      'arguments that are no text',
      'chat',
      (answer) => {
        if (!answer.isStream) answer.text = edit(answer.text, spoilArguments)
      },
      ['tool-auto', 'tool-forced', 'two-tools'],
    ],
    [
      'arguments that are text',
      'messages',
      (answer) => {
        if (!answer.isStream) answer.text = answer.text.replace(/"input":(\{"[^}]*\})/g, quoteInput)
      },
      ['tool-auto', 'tool-forced', 'two-tools'],
    ],
    [
      'one id for all answers',
      'messages',
      (answer) => {
        answer.text = answer.text.replace(/"msg_\w+"/g, '"msg_1"')
      },
      ['ids'],
    ],
    [
      'JSON where a stream was asked for',
      'responses',
      (answer) => {
        if (!answer.isStream) return
        answer.headers['content-type'] = 'application/json'
      },
      ['stream-type'],
    ],
    [
      'no request id',
      'messages',
      (answer) => {
        delete answer.headers['request-id']
      },
      ['request-id'],
    ],
    [
      'a model that cannot see',
      'chat',
      (answer) => {
        if (answer.text.includes('It came with 1 image')) answer.text = edit(answer.text, spoilText)
      },
      ['image'],
    ],
  ])('%s (%s)', async (_what, format, damage, expected) => {
    const { code, failed } = await failures(damage, '--format', format)
    expect(code).toBe(1)
    expect(failed.toSorted()).toEqual(expected.map((id) => `${format} ${id}`).toSorted())
  })
})

function spoilArguments(json: Json): void {
  for (const call of json.choices?.[0]?.message?.tool_calls ?? [])
    call.function.arguments = JSON.parse(call.function.arguments)
}

function quoteInput(_match: string, input: string): string {
  return `"input":${JSON.stringify(input)}`
}

function spoilText(json: Json): void {
  json.choices[0].message.content = ''
}

describe('a server with Chat alone', () => {
  const chatAlone = (answer: PassingAnswer) => {
    if (/^\/v1\/(chat\/completions|models)/.test(answer.path)) return
    Object.assign(answer, { status: 404, text: 'not here', headers: { 'content-type': 'text/plain' } })
  }

  test('has no other format', async () => {
    const { code, failed, report } = await failures(chatAlone)
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    const offered = report.formats.filter((format: Json) => format.offered).map(({ format }: Json) => format)
    expect(offered).toEqual(['chat'])
  })

  test('fails where another format is asked for', async () => {
    const { code, failed, report } = await failures(chatAlone, '--format', 'chat,messages')
    expect({ code, failed }).toEqual({ code: 1, failed: ['messages access'] })
    expect(report.summary).toMatchObject({ offered: 2, failed: 1 })
  })
})

describe('a server that is none, or none now', () => {
  const page = (answer: PassingAnswer) => {
    Object.assign(answer, {
      status: 200,
      text: '<title>Chat</title>',
      headers: { 'content-type': 'text/html' },
    })
  }

  test('a page for everything is no format', async () => {
    const { code, report } = await failures(page, '--model', 'm')
    expect({ code, summary: report.summary }).toMatchObject({ code: 1, summary: { offered: 0, failed: 0 } })
  })

  test('and the addresses that were tried are named', async () => {
    const relay = await startDamagingRelay(gateway.simulator.url, KEY, page)
    const args = ['conformance', '--base-url', `${relay.url}/api`, '--key-stdin', '--model', 'm']
    const { stdout } = await run(args, { input: KEY })
    await relay.close()
    for (const path of ['/api/v1/messages', '/api/v1beta/models/m:generateContent'])
      expect(stdout).toContain(`POST ${relay.url}${path} answered 200`)
  })

  test('a page where a format is asked for fails', async () => {
    expect(await failures(page, '--model', 'm', '--format', 'chat')).toMatchObject({
      code: 1,
      failed: ['chat access'],
    })
  })

  test('one that is down fails once for each format', async () => {
    const down = (answer: PassingAnswer) => Object.assign(answer, { status: 503, text: '' })
    const { code, failed } = await failures(down, '--model', 'm')
    expect({ code, failed: new Set(failed.map((name) => name.split(' ')[1])) }).toEqual({
      code: 1,
      failed: new Set(['access']),
    })
  })

  test('an empty object is no answer to anything', async () => {
    const empty = (answer: PassingAnswer) => Object.assign(answer, { status: 200, text: '{}' })
    const { report } = await failures(empty, '--model', 'm', '--format', 'chat,responses')
    const passed = named(report, 'pass').map((name) => name.split(' ')[1])
    for (const id of ['stream-grammar', 'stream-no-usage', 'no-tools', 'unknown-field', 'large-body'])
      expect(passed).not.toContain(id)
  })
})

describe('a limit of requests', () => {
  test('says nothing of formats: what it kept from being examined is skipped, and the command fails', async () => {
    let answers = 0
    const relay = await startDamagingRelay(gateway.simulator.url, KEY, (answer) => {
      if (++answers > 12) Object.assign(answer, { status: 429, text: '{"error":{"message":"slow down"}}' })
    })
    const { code, stderr, report } = await examine(relay.url, KEY, '--format', 'chat')
    await relay.close()
    expect({ code, failed: named(report, 'fail') }).toEqual({ code: 1, failed: [] })
    expect(stderr).toMatch(/^\d+ checks could not be made: .*429/)
    expect(report.summary.passed).toBeGreaterThan(5)
  })

  test('that is used up from the beginning', async () => {
    const limit = (answer: PassingAnswer) => Object.assign(answer, { status: 429, text: '' })
    const { code, failed, report } = await failures(limit, '--model', 'm')
    expect({ code, failed, passed: named(report, 'pass') }).toEqual({ code: 1, failed: [], passed: [] })
  })
})

describe('what is printed', () => {
  const answerWithKey = (answer: PassingAnswer) => {
    if (answer.status === 200 && answer.isStream)
      Object.assign(answer, { status: 500, text: KEY.repeat(100) })
  }

  test('JSON of a documented shape', async () => {
    const { report } = await failures((answer) => {
      if (answer.isStream) answer.headers['content-type'] = 'text/plain'
    })
    expect(Object.keys(report)).toEqual(['base_url', 'model', 'summary', 'formats'])
    expect(Object.keys(report.summary)).toEqual(['offered', 'passed', 'failed', 'skipped'])
    const checks: Json[] = report.formats[0].checks
    expect(Object.keys(report.formats[0])).toEqual(['format', 'offered', 'checks'])
    const common = { title: expect.any(String), cases: expect.any(Array) }
    expect(checks.find(({ id }) => id === 'shape')).toEqual({ id: 'shape', outcome: 'pass', ...common })
    expect(checks.find(({ id }) => id === 'stream-type')).toEqual({
      id: 'stream-type',
      outcome: 'fail',
      ...common,
      expected: ['content-type text/event-stream, not "text/plain"'],
      came: expect.stringContaining('200 text/plain'),
    })
    const why = 'the server answers to any name of a model'
    expect(checks.find(({ id }) => id === 'unknown-model')).toEqual({
      id: 'unknown-model',
      outcome: 'skip',
      ...common,
      why,
    })
  })

  test('secrets are redacted, and answers are cut', async () => {
    const { report } = await failures(answerWithKey, '--format', 'chat')
    expect(JSON.stringify(report)).not.toContain(KEY)
    const check: Json = report.formats[0].checks.find(({ id }: Json) => id === 'stream-text')
    expect(check.came).toContain('[redacted]')
    expect(check.came.length).toBeLessThanOrEqual(510)
  })

  test('a table, and failures in full with their cases', async () => {
    const relay = await startDamagingRelay(gateway.simulator.url, KEY, answerWithKey)
    const args = ['conformance', '--base-url', relay.url, '--key-stdin', '--format', 'chat,gemini']
    const { code, stdout, stderr } = await run(args, { input: KEY })
    await relay.close()
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^\d+ checks failed\.\n$/) })
    expect(stdout).toMatch(/^CHECK +CHAT +GEMINI$/m)
    expect(stdout).toMatch(/^shape +✓ +✓$/m)
    expect(stdout).toMatch(/^stream-text +✗ +✗$/m)
    expect(stdout).toMatch(/^unknown-model +– +–$/m)
    expect(stdout).toMatch(
      /^✗ chat stream-finish: .* \(STP-01, AGT-06\)\n {2}expected: status 200, not 500$/m,
    )
    expect(stdout).not.toContain(KEY)
  })

  test('how far it is, on a terminal', async () => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true })
    const args = ['conformance', '--base-url', gateway.url, '--format', 'completions']
    await run(args, { environment: { LLM_GATEWAY_KEY: 'vk_demo' }, stderr })
    const lines = String(stderr.read()).split('\r\u001b[K')
    const total = lines.length - 2
    expect(lines[1]).toBe(`1/${total} completions access`)
    expect(lines.at(-2)).toMatch(new RegExp(`^${total}/${total} completions `))
    expect(lines.at(-1)).toBe('')
  })

  test('nothing with --quiet but how it ended', async () => {
    const args = ['conformance', '--quiet', '--base-url', gateway.url, '--format', 'chat']
    const { code, stdout, stderr } = await run(args, { environment: { LLM_GATEWAY_KEY: 'vk_demo' } })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('what cannot be examined', () => {
  const environment = { LLM_GATEWAY_KEY: 'vk_demo' }

  test.each([
    ['no address', []],
    ['an address of something else', ['--base-url', 'localhost:8080']],
    ['a format that there is not', ['--base-url', 'http://127.0.0.1:1', '--format', 'chats']],
    ['no places', ['--base-url', 'http://127.0.0.1:1', '--concurrency', '0']],
  ])('%s is wrong usage', async (_what, options) => {
    expect((await run(['conformance', ...options], { environment })).code).toBe(2)
  })

  test('no key is wrong usage', async () => {
    expect((await run(['conformance', '--base-url', gateway.url])).code).toBe(2)
  })

  test('a server without a list of models, and no model', async () => {
    const relay = await startDamagingRelay(gateway.simulator.url, KEY, (answer) => {
      if (answer.path.endsWith('/models')) answer.status = 404
    })
    const { code, stderr } = await examine(relay.url, KEY)
    await relay.close()
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--model') })
  })

  test('a server that is not there', async () => {
    const { code, stderr } = await examine('http://127.0.0.1:1', 'k')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('http://127.0.0.1:1/v1/models'),
    })
    const { code: again, report } = await examine('http://127.0.0.1:1', 'k', '--model', 'm')
    expect({ again, failed: named(report, 'fail') }).toMatchObject({ again: 1, failed: { length: 5 } })
  })

  test('a key that is refused, and no model', async () => {
    const { code, stderr } = await examine(gateway.url, 'vk_unknown')
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/key.*401/) })
  })

  test('a key that is refused fails once for each format', async () => {
    const { code, report } = await examine(gateway.url, 'vk_unknown', '--model', 'simulated')
    expect(code).toBe(1)
    expect(new Set(named(report, 'fail').map((name) => name.split(' ')[1]))).toEqual(new Set(['access']))
  })
})
