import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

// What coding agents really send, recorded with `npm run test:agents` and shortened, against every upstream format.

/** Each with a model that providers of this format run. */
const UPSTREAMS = {
  'openai-chat': { model: 'gpt-4.1', path: /\/chat\/completions$/ },
  'openai-responses': { model: 'gpt-5.2', path: /\/responses$/ },
  'anthropic-messages': { model: 'claude-opus-5-5', path: /\/messages(\?beta=true)?$/ },
  gemini: { model: 'gemini-3-pro-preview', path: /:streamGenerateContent\?alt=sse$/ },
} as const
type Upstream = keyof typeof UPSTREAMS

/** What a conversion reports, as `action path`; none where the upstream speaks the agent's own format. */
type Losses = Readonly<Record<Upstream, readonly string[]>>

interface Recording {
  readonly agent: 'claude-code' | 'codex' | 'codex-built-in' | 'codex-code-mode' | 'gemini-cli'
  readonly first: Losses
  /** What else is lost once the agent sends back a tool result, along with what the model said before. */
  readonly later: Losses
}

const NONE: Losses = { 'openai-chat': [], 'openai-responses': [], 'anthropic-messages': [], gemini: [] }

const CLAUDE_CODE = [
  'dropped context_management',
  'dropped messages[1].content[0].cache_control',
  'dropped system[0]',
  'dropped system[1].cache_control',
]
const RENAMED_AGENT_TOOLS = [0, 1, 2].map((index) => `approximated tools[4].tools[${index}].name`)
const CODEX = ['dropped client_metadata', 'dropped tools[4].description', 'dropped tools[5]']
const BUILT_IN = ['approximated tools[3]', 'dropped client_metadata', 'dropped tools[5]', 'dropped tools[6]']
const CODE_MODE = [
  ...['0].tools[0', '0].tools[1', '0].tools[2', '1].tools[0', '2].tools[0', '2].tools[1', '2].tools[2'].map(
    (index) => `approximated input[0].tools[${index}].name`,
  ),
  'approximated input[0].tools[0].tools[0]',
  'dropped client_metadata',
  'dropped input[0].tools[1].description',
  'dropped input[0].tools[2].description',
  'dropped reasoning.context',
]
const SAMPLING = ['temperature', 'topK', 'topP'].map((name) => `dropped generationConfig.${name}`)

const RECORDINGS: readonly Recording[] = [
  {
    agent: 'claude-code',
    first: {
      'openai-chat': [
        ...CLAUDE_CODE,
        'approximated max_tokens',
        'approximated metadata.user_id',
        'approximated tools[3].defer_loading',
        'dropped thinking',
      ],
      'openai-responses': [
        ...CLAUDE_CODE,
        'approximated metadata.user_id',
        'approximated tools[3].defer_loading',
      ],
      'anthropic-messages': [],
      gemini: [
        ...CLAUDE_CODE,
        'approximated max_tokens',
        'approximated messages[1]',
        'approximated tools[3].defer_loading',
        'dropped metadata.user_id',
      ],
    },
    later: {
      ...NONE,
      'openai-chat': ['approximated messages[2].content[0]'],
      'openai-responses': ['approximated messages[2].content[0]'],
      gemini: ['approximated messages[2].content[0]', 'approximated messages[2].content[1]'],
    },
  },
  {
    agent: 'codex',
    first: {
      'openai-chat': [...CODEX, ...RENAMED_AGENT_TOOLS, 'approximated input[0]', 'dropped reasoning'],
      'openai-responses': [],
      'anthropic-messages': [
        ...CODEX,
        ...RENAMED_AGENT_TOOLS,
        'approximated max_output_tokens',
        'dropped prompt_cache_options',
      ],
      gemini: [...CODEX, ...RENAMED_AGENT_TOOLS, 'dropped prompt_cache_options'],
    },
    later: { ...NONE, gemini: ['approximated input[4]'] },
  },
  {
    agent: 'codex-built-in',
    first: {
      'openai-chat': [...BUILT_IN, 'approximated input[0]', 'dropped reasoning'],
      'openai-responses': [],
      'anthropic-messages': [
        ...BUILT_IN,
        'approximated max_output_tokens',
        'dropped prompt_cache_options',
        'dropped text.verbosity',
      ],
      gemini: [...BUILT_IN, 'dropped prompt_cache_options', 'dropped text.verbosity'],
    },
    later: {
      ...NONE,
      'openai-chat': ['approximated input[4]'],
      'anthropic-messages': ['approximated input[4]'],
      gemini: ['approximated input[4]', 'approximated input[5]'],
    },
  },
  {
    agent: 'codex-code-mode',
    first: {
      'openai-chat': [...CODE_MODE, 'approximated input[1]', 'dropped reasoning'],
      'openai-responses': [],
      'anthropic-messages': [
        ...CODE_MODE,
        'approximated max_output_tokens',
        'dropped prompt_cache_options',
        'dropped text.verbosity',
      ],
      gemini: [
        ...CODE_MODE,
        'approximated parallel_tool_calls',
        'dropped prompt_cache_options',
        'dropped text.verbosity',
      ],
    },
    later: {
      ...NONE,
      'openai-chat': ['approximated input[7]'],
      'anthropic-messages': ['approximated input[7]'],
      gemini: ['approximated input[7]', 'approximated input[8]'],
    },
  },
  {
    agent: 'gemini-cli',
    first: {
      'openai-chat': ['dropped generationConfig.thinkingConfig', 'dropped generationConfig.topK'],
      'openai-responses': SAMPLING,
      'anthropic-messages': [...SAMPLING, 'approximated generationConfig.maxOutputTokens'],
      gemini: [],
    },
    later: { ...NONE, 'openai-chat': ['approximated contents[1].parts[0]'] },
  },
]

let gateway: TestGateway

beforeAll(async () => {
  const base_url = '{simulator}'
  gateway = await startGateway({
    keys: {
      'vk_openai-chat': { provider: 'openai', api_key: 'sk-c', base_url, dialect: 'openai-chat' },
      'vk_openai-responses': { provider: 'openai', api_key: 'sk-r', base_url, dialect: 'openai-responses' },
      'vk_anthropic-messages': { provider: 'anthropic', api_key: 'sk-a', base_url },
      vk_gemini: { provider: 'gemini', api_key: 'sk-g', base_url },
    },
    environment: { QUOTA_ENABLED: 'false' },
  })
})

afterAll(() => gateway.close())

type Json = Record<string, unknown>

async function recorded(name: string): Promise<Json> {
  const file = join(import.meta.dirname, 'fixtures/agents', `${name}.json`)
  return JSON.parse(await readFile(file, 'utf8')) as Json
}

/** Sends a body as its agent does, for a model of the upstream's. */
async function replay(agent: Recording['agent'], body: Json, upstream: Upstream): Promise<Response> {
  const { model } = UPSTREAMS[upstream]
  const isGemini = agent === 'gemini-cli'
  const path = isGemini
    ? `/v1beta/models/${model}:streamGenerateContent?alt=sse`
    : agent === 'claude-code'
      ? '/v1/messages?beta=true'
      : '/v1/responses'
  return fetch(gateway.url + path, {
    method: 'POST',
    headers: {
      [isGemini ? 'x-goog-api-key' : 'authorization']: `${isGemini ? '' : 'Bearer '}vk_${upstream}`,
      'content-type': 'application/json',
      ...(agent === 'claude-code' && {
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'claude-code-20250219,context-management-2025-06-27,per-turn-control-2026-07-01',
      }),
    },
    body: JSON.stringify(isGemini ? body : { ...body, model }),
  })
}

function lossesOf(answer: Response): string[] {
  const dropped = JSON.parse(answer.headers.get('x-gateway-dropped') ?? '[]') as {
    path: string
    action: string
  }[]
  return [...new Set(dropped.map(({ path, action }) => `${action} ${path}`))].toSorted()
}

/** The words of a stream in any format, joined. */
async function wordsOf(answer: Response): Promise<string> {
  const stream = await answer.text()
  return Array.from(stream.matchAll(/"(?:text|delta)":"((?:[^"\\]|\\.)*)"/g), ([, word]) => word).join('')
}

function lastSent(): { path: string; body: Json; text: string } {
  const last = gateway.simulator.received.at(-1)
  if (last === undefined) throw new Error('nothing was sent upstream')
  return { path: last.path, body: last.body as Json, text: last.rawBody.toString('utf8') }
}

const upstreams = Object.keys(UPSTREAMS) as Upstream[]
const pairs = RECORDINGS.flatMap((recording) =>
  upstreams.map((upstream) => ({ ...recording, upstream, at: `${recording.agent} → ${upstream}` })),
)

describe.each(pairs)('$at', ({ agent, upstream, first, later }) => {
  test('AGT-01 AGT-04 AGT-05 SRV-02 TLD-13b TLD-13c the first request is answered, losses are named', async () => {
    const answer = await replay(agent, await recorded(`${agent}-first`), upstream)
    // Claude Code's prompt happens to name its tool, which is then called
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringMatching(/Simulated|"name":"Read"/),
    ])
    expect(lastSent().path).toMatch(UPSTREAMS[upstream].path)
    expect(lossesOf(answer)).toEqual(first[upstream].toSorted())
  })

  test('AGT-04 RSN-22 so is the request with a tool result', async () => {
    const answer = await replay(agent, await recorded(`${agent}-with-result`), upstream)
    expect([answer.status, await wordsOf(answer)]).toEqual([
      200,
      expect.stringContaining('The tool answered'),
    ])
    // the breakpoint has moved on from the system message
    const expected = [...first[upstream], ...later[upstream]].filter(
      (loss) => loss !== 'dropped messages[1].content[0].cache_control',
    )
    expect(lossesOf(answer)).toEqual(expected.toSorted())
  })
})

const OTHERS: readonly Upstream[] = ['openai-chat', 'openai-responses', 'gemini']

describe.each(OTHERS)('Claude Code → %s', (upstream) => {
  /** All that comes before the model's first answer: what a provider may have cached. */
  function prefixOf({ messages, input, contents, ...rest }: Json): string {
    const list = (messages ?? input ?? contents) as { role?: string; type?: string }[]
    const end = list.findIndex(
      ({ role, type }) => role === 'assistant' || role === 'model' || !(role ?? type),
    )
    const call = list.findIndex(({ type }) => type === 'function_call' || type === 'reasoning')
    const cut = [end, call].filter((index) => index >= 0)
    return JSON.stringify([rest, list.slice(0, Math.min(...cut, list.length))])
  }

  test('AGT-02 the second request begins with the bytes of the first', async () => {
    await (await replay('claude-code', await recorded('claude-code-first'), upstream)).text()
    const before = prefixOf(lastSent().body)
    await (await replay('claude-code', await recorded('claude-code-with-result'), upstream)).text()
    expect(prefixOf(lastSent().body)).toBe(before)
    expect(before).toContain('tell me the marker')
  })

  test('AGT-01 TOP-04 TOP-15 limits go on as far as the model goes, the billing header does not, a long user id is hashed', async () => {
    await (await replay('claude-code', await recorded('claude-code-first'), upstream)).text()
    const { body, text } = lastSent()
    // some models write less, which is known of them
    const limits: Record<Upstream, string> = {
      'openai-chat': '"max_tokens":32768',
      'openai-responses': '"max_output_tokens":128000',
      'anthropic-messages': '"max_tokens":128000',
      gemini: '"maxOutputTokens":65536',
    }
    expect(text).toContain(limits[upstream])
    expect(text).not.toMatch(/x-anthropic-billing-header|device_id/)
    // Gemini is not told at all
    expect(body.safety_identifier ?? 'none').toMatch(upstream === 'gemini' ? /^none$/ : /^[0-9a-f]{64}$/)
  })

  test('TLD-13c a tool found by tool search is offered, and its reference is readable', async () => {
    const answer = await replay('claude-code', await recorded('claude-code-tool-search'), upstream)
    expect([answer.status, await wordsOf(answer)]).toEqual([200, expect.stringContaining('WebFetch')])
    expect(lastSent().text).toContain('"name":"WebFetch"')
    expect(lossesOf(answer)).toContain('dropped messages[3].content[0].content[0].type')
  })
})

test('RSN-20 AGT-01 what Claude Code brings back of a Gemini call is the signature of that call', async () => {
  const answer = await replay('claude-code', await recorded('claude-code-tool-search'), 'gemini')
  expect(await wordsOf(answer)).toContain('The tool answered')
  expect(lastSent().text).toMatch(/"name":"ToolSearch"[^}]*\}\},"thoughtSignature":"MDAw/)
})

describe.each(upstreams.filter((id) => id !== 'openai-responses'))('Codex in code mode → %s', (upstream) => {
  test('TLD-12 TLD-13 its tool of free text comes back under its own name and namespace', async () => {
    const body = await recorded('codex-code-mode-first')
    const input = [...(body.input as Json[]), { role: 'user', content: 'Use functions__exec' }]
    const answer = await (await replay('codex-code-mode', { ...body, input }, upstream)).text()
    expect(answer).toMatch(
      /"type":"custom_tool_call","call_id":"[^"]+","name":"exec","namespace":"functions"/,
    )
    expect(answer).toContain('response.custom_tool_call_input.done')
  })
})

test.each([
  ['/v1/responses', 'error'],
  ['/openai/v1/responses', 'error'],
  ['/v1/messages', 'type'],
  ['/v1/chat/completions', 'error'],
])('STA-08 a WebSocket on %s is refused at once, so that clients go on over HTTP', async (path, member) => {
  const { status, body, headers } = await upgrade(path)
  expect(status).toBe(426)
  expect(headers.upgrade).toBe('HTTP/1.1')
  expect(body).toContain('websocket_unsupported')
  expect(JSON.parse(body)).toHaveProperty(member)
})

/** `fetch` does not send these headers. */
async function upgrade(path: string) {
  const { request } = await import('node:http')
  const headers = {
    authorization: 'Bearer vk_openai-responses',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  return new Promise<{ status: number | undefined; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const sent = request(gateway.url + path, { headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            body: Buffer.concat(chunks).toString('utf8'),
            headers: response.headers,
          }),
        )
      })
      sent.on('error', reject)
      sent.end()
    },
  )
}
