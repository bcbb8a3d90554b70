import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { checkConversation } from '../../src/dialects/check-conversation.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { ChatRequest } from '../../src/ir/request.ts'
import { capabilitiesOf } from '../../src/providers/models/index.ts'
import { CLIENT_REQUESTS } from '../support/client-requests.ts'
import { chatRequest } from '../support/ir-arbitraries/requests.ts'
import { validateEmitted } from '../support/sdk-schemas/validate.ts'

/** Upstream formats, and models that they serve with restrictions of their own. */
const UPSTREAMS = [
  { format: 'openai-chat', models: ['gpt-4o', 'gpt-5.6', 'deepseek-chat', 'grok-4', 'claude-opus-4-5'] },
  { format: 'openai-responses', models: ['gpt-4o', 'o3', 'gpt-5.6', 'gpt-6', 'grok-4'] },
  {
    format: 'anthropic-messages',
    models: [
      'claude-3-5-haiku',
      'claude-opus-4-5',
      'claude-sonnet-4-6',
      'claude-opus-5',
      'claude-sonnet-5-5',
    ],
  },
  { format: 'gemini', models: ['gemini-2.0-flash', 'gemini-2.5-pro', 'gemini-3-flash', 'gemini-4-hydrogen'] },
] as const

const upstreams = UPSTREAMS.flatMap(({ format, models }) => models.map((model) => ({ format, model })))
type Upstream = (typeof upstreams)[number]

/** The request as it goes over the wire; undefined where the gateway refuses it, which it may if it says what. */
function encodeOrRefuse(request: ChatRequest, { format, model }: Upstream): unknown {
  const target = { model, capabilities: capabilitiesOf(model) }
  try {
    const encoded = DIALECTS[format].upstream?.encodeRequest(checkConversation(request), target)
    return JSON.parse(JSON.stringify(encoded?.body)) as unknown
  } catch (thrown) {
    const isRefusal = thrown instanceof GatewayError && thrown.code === 'unsupported_parameter'
    if (isRefusal && thrown.path !== undefined) return undefined
    throw thrown
  }
}

function problemsOf(format: Upstream['format'], body: unknown): string[] {
  return body === undefined ? [] : validateEmitted(format, 'request', body)
}

describe.each(upstreams)('for $model upstream in $format', (upstream) => {
  const { format } = upstream

  test('TOP-32 requests of every kind are what the SDK says they are', () => {
    let accepted = 0
    const request = chatRequest().filter(({ source }) => source !== format)
    fc.assert(
      fc.property(request, (asked) => {
        const body = encodeOrRefuse(asked, upstream)
        if (body !== undefined) accepted++
        expect(problemsOf(format, body)).toEqual([])
      }),
    )
    expect(accepted).toBeGreaterThan(10)
  })

  test.each(CLIENT_REQUESTS.filter(({ source }) => source !== format))(
    'TOP-32 $source, $name: nothing of the client’s own format is left',
    ({ source, body }) => {
      const decoded = DIALECTS[source].client.decodeRequest(body, { model: 'asked', headers: {} })
      expect(problemsOf(format, encodeOrRefuse(decoded, upstream))).toEqual([])
    },
  )
})

test.each(CLIENT_REQUESTS)('$source, $name is a request that its own SDK could send', ({ source, body }) => {
  expect(validateEmitted(source, 'request', body)).toEqual([])
})

test.each(upstreams.filter(({ format }) => format !== 'openai-responses'))(
  "AGT-04 Codex's request fits $model in $format",
  (upstream) => {
    const file = new URL('../../src/dialects/openai-responses/fixtures/codex-request.json', import.meta.url)
    const body = JSON.parse(readFileSync(file, 'utf8')) as JsonObject
    const decoded = DIALECTS['openai-responses'].client.decodeRequest(body, { headers: {} })
    const encoded = encodeOrRefuse(decoded, upstream)
    expect(encoded).toBeDefined()
    expect(validateEmitted(upstream.format, 'request', encoded)).toEqual([])
  },
)
