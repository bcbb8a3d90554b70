import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DIALECT_IDS, type DialectId } from '../../src/core/dialect-id.ts'
import type { SIMULATED_MODELS } from '../../src/simulator/models.ts'
import {
  type Ask,
  ask,
  errorCodeOf,
  isTerminal,
  type Mode,
  parseEvents,
  type ReadEvent,
  readBody,
} from '../support/conversation.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/**
 * What a client sees.
 * - `complete`: a good answer; a stream has its terminal event, once, last
 * - `[status, code]`: a real HTTP error, ours
 * - `passed status`: the provider's own error, status and body as they were
 * - `broken code`: a stream that has begun, an error event of ours at its end, and no terminal event
 * - `passed event`: the same with the provider's own error event
 * - `no done`: complete but for the sentinel that this provider leaves out
 * - `alternating`: has a test of its own
 */
type Outcome =
  | 'complete'
  | 'alternating'
  | 'no done'
  | 'passed event'
  | `passed ${number}`
  | `broken ${string}`
  | readonly [status: number, code: string]
type PerDialect = Outcome | ((dialect: DialectId) => Outcome)

const always = (outcome: PerDialect) => ({ whole: outcome, streamed: outcome })
const CUT = [502, 'upstream_cut'] as const
const TIMEOUT = [504, 'upstream_timeout'] as const

/** Chat and Completions have a finish reason before their `[DONE]`, and many servers leave `[DONE]` out. */
function hasSentinel(dialect: DialectId): boolean {
  return dialect === 'openai-chat' || dialect === 'openai-completions'
}

const FIRST_EVENT: Readonly<Record<DialectId, Outcome>> = {
  'openai-chat': [502, 'upstream_error'],
  'openai-completions': [502, 'upstream_error'],
  'openai-responses': [502, 'upstream_error'],
  'anthropic-messages': [529, 'upstream_overloaded'],
  gemini: [503, 'upstream_overloaded'],
}

const OUTCOMES: Readonly<Record<keyof typeof SIMULATED_MODELS, Readonly<Record<Mode, PerDialect>>>> = {
  simulated: always('complete'),
  'simulated-slow': always('complete'),
  'simulated-long': always('complete'),
  'simulated-big': always('complete'),
  'simulated-deepseek': always('complete'),
  'simulated-interleaved': always('complete'),
  'simulated-redacted': always('complete'),
  'simulated-cached': always('complete'),
  'simulated-refusal': always('complete'),
  'simulated-content-filter': always('complete'),
  'simulated-empty': always('complete'),
  'simulated-crlf': always('complete'),
  'simulated-comments': always('complete'),
  'simulated-context-length': always('passed 400'),
  'simulated-error-400': always('passed 400'),
  'simulated-error-401': always([502, 'upstream_credentials_rejected']),
  'simulated-error-404': always('passed 404'),
  'simulated-error-429': always('passed 429'),
  'simulated-error-429-no-retry-after': always('passed 429'),
  'simulated-error-500': always('passed 500'),
  'simulated-error-500-once': always('alternating'),
  'simulated-error-503': always('passed 503'),
  'simulated-error-529': always('passed 529'),
  'simulated-error-html': always([502, 'upstream_error']),
  'simulated-flap': always('alternating'),
  'simulated-reset': always([502, 'upstream_unreachable']),
  'simulated-silent': always(TIMEOUT),
  'simulated-slow-first-token': always(TIMEOUT),
  'simulated-cut': { whole: CUT, streamed: 'broken upstream_cut' },
  'simulated-cut-early': always(CUT),
  'simulated-end-early': { whole: 'complete', streamed: 'broken upstream_cut' },
  'simulated-stall': { whole: TIMEOUT, streamed: 'broken upstream_timeout' },
  'simulated-malformed': { whole: [502, 'upstream_malformed'], streamed: 'broken upstream_malformed' },
  'simulated-no-done': {
    whole: 'complete',
    streamed: (dialect) => (hasSentinel(dialect) ? 'no done' : 'broken upstream_cut'),
  },
  'simulated-error-in-stream': {
    // a response that failed is a whole answer of its own
    whole: (dialect) => (dialect === 'openai-responses' ? 'passed 200' : 'passed 500'),
    streamed: 'passed event',
  },
  'simulated-error-first-event': always((dialect) => FIRST_EVENT[dialect]),
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway({
    flags: { 'quota.enabled': false, 'proxy.request_timeout': '600ms' },
    simulator: { slowFirstTokenMs: 10_000 },
  })
})

afterAll(() => gateway.close())

const CASES = Object.entries(OUTCOMES)
  .flatMap(([model, byMode]) =>
    DIALECT_IDS.flatMap((dialect) =>
      (['whole', 'streamed'] as const).map((mode) => {
        const outcome = byMode[mode]
        return { model, dialect, mode, outcome: typeof outcome === 'function' ? outcome(dialect) : outcome }
      }),
    ),
  )
  .filter(({ outcome }) => outcome !== 'alternating')

describe.concurrent('a client sees', () => {
  test.each(CASES)('$outcome of $model, $dialect $mode', async ({ outcome, ...request }) => {
    const response = await ask(gateway.url, request)
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    if (typeof outcome === 'object') await expectOwnError(response, request, outcome)
    else if (/^passed \d/.test(outcome)) await expectPassedError(response, request, outcome)
    else if (request.mode === 'whole') await expectCompleteAnswer(response, request)
    else await expectStream(response, request, outcome)
  })
})

async function expectOwnError(
  response: Response,
  { dialect }: Ask,
  [status, code]: readonly [number, string],
): Promise<void> {
  const body = await response.json()
  expect([response.status, errorCodeOf(dialect, body)]).toEqual([status, code])
  expect(response.headers.get('content-type')).toContain('application/json')
}

/** The same as without a gateway. Ids differ from one request to the next. */
async function expectPassedError(response: Response, request: Ask, outcome: string): Promise<void> {
  const direct = await ask(gateway.simulator.url, { ...request, key: 'another' })
  expect(`passed ${response.status}`).toBe(outcome)
  expect(direct.status).toBe(response.status)
  expect(withoutIds(await response.text())).toBe(withoutIds(await direct.text()))
  for (const header of ['retry-after', 'content-type'])
    expect(response.headers.get(header)).toBe(direct.headers.get(header))
}

function withoutIds(text: string): string {
  return text.replaceAll(/"(id|request_id)":"[^"]+"/g, '"$1":""').replaceAll(/"\w+_at":\d+/g, '')
}

async function expectCompleteAnswer(response: Response, { dialect }: Ask): Promise<void> {
  const { bytes, isBroken } = await readBody(response)
  expect([response.status, isBroken]).toEqual([200, false])
  expect(errorCodeOf(dialect, JSON.parse(bytes.toString()))).toBeUndefined()
}

async function expectStream(response: Response, { dialect }: Ask, outcome: Outcome): Promise<void> {
  const { bytes, isBroken } = await readBody(response)
  const events = parseEvents(bytes)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(isBroken).toBe(false)
  expect(bytes.toString()).toMatch(/(\r?\n){2}$/)
  expect(outcomeOf(dialect, events)).toBe(outcome)
  expect(events.slice(0, -1).every(({ json }) => json !== undefined)).toBe(true)
}

function outcomeOf(dialect: DialectId, events: readonly ReadEvent[]): string {
  const last = events.at(-1)
  const terminals = events.filter((event) => isTerminal(dialect, event))
  if (terminals.length > 0)
    return terminals.length === 1 && terminals[0] === last ? 'complete' : 'a terminal event out of place'
  if (last?.json?.choices?.[0]?.finish_reason === 'stop') return 'no done'
  if (last?.data.includes('the simulated provider gave up')) return 'passed event'
  return `broken ${errorCodeOf(dialect, last?.json)}`
}

describe('a Gemini stream as one JSON array', () => {
  const asArray = (model: string) =>
    fetch(`${gateway.url}/v1beta/models/${model}:streamGenerateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': 'vk_demo', 'content-type': 'application/json' },
      body: '{"contents":[{"parts":[{"text":"Hello"}]}]}',
    })

  test('passes whole', async () => {
    const { bytes, isBroken } = await readBody(await asArray('simulated'))
    expect(isBroken).toBe(false)
    expect(JSON.parse(bytes.toString()).at(-1).candidates[0].finishReason).toBe('STOP')
  })

  test.each(['simulated-cut', 'simulated-end-early', 'simulated-stall', 'simulated-malformed'])(
    'breaks the connection after %s, which no error event can be told in',
    async (model) => {
      // it may break before its head has left
      const reading = asArray(model).then(readBody, () => ({ isBroken: true }))
      expect((await reading).isBroken).toBe(true)
    },
  )

  test.each([
    ['simulated-error-429', 429],
    ['simulated-silent', 504],
    ['simulated-reset', 502],
    ['simulated-cut-early', 502],
  ])('is a real status for %s: %i', async (model, status) => {
    expect((await asArray(model)).status).toBe(status)
  })
})

describe('models that alternate', () => {
  test('a failure does not outlive the request it happened to', async () => {
    gateway.simulator.clear()
    const statuses: number[] = []
    for (let round = 0; round < 4; round++) {
      const response = await ask(gateway.url, {
        dialect: 'openai-chat',
        model: 'simulated-error-500-once',
        mode: 'streamed',
      })
      statuses.push(response.status)
      await response.text()
    }
    expect(statuses).toEqual([500, 200, 500, 200])
  })

  test('a provider that flaps is passed on as it flaps', async () => {
    gateway.simulator.clear()
    const statuses: number[] = []
    for (let round = 0; round < 11; round++) {
      const response = await ask(gateway.url, {
        dialect: 'anthropic-messages',
        model: 'simulated-flap',
        mode: 'whole',
      })
      statuses.push(response.status)
      await response.text()
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 503, 503, 503, 503, 503, 200])
  })
})
