import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import { checkConversation } from '../../src/dialects/check-conversation.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { ChatRequest } from '../../src/ir/request.ts'
import { capabilitiesOf } from '../../src/providers/models/index.ts'
import { chatRequest } from '../support/ir-arbitraries/requests.ts'
import { REASONERS, UPSTREAMS, type Upstream } from './matrix.ts'

/** The bytes that go out, and what is said about them; a refusal is its code and path. */
function written(request: ChatRequest, to: Upstream): string {
  const model = REASONERS[to]
  try {
    const target = { model, capabilities: capabilitiesOf(model) }
    const encoded = DIALECTS[to].upstream?.encodeRequest(checkConversation(request), target)
    return JSON.stringify([encoded?.body, encoded?.dropped, encoded?.headers])
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return JSON.stringify([thrown.code, thrown.path])
  }
}

test.each(UPSTREAMS)(
  'CCH-07 RSN-34 for %s the same request makes the same bytes, and stays as it was',
  (to) => {
    const property = fc.property(chatRequest(), (request) => {
      const before = JSON.stringify(request)
      const first = written(request, to)
      expect(JSON.stringify(request)).toBe(before)
      // an equal request that shares nothing with the first, after others have been encoded
      expect(written(structuredClone(request), to)).toBe(first)
    })
    fc.assert(property, { numRuns: 150 })
  },
)

test.each(UPSTREAMS)('TLD-06 TLD-07 for %s schemas keep the order of their keys', (to) => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 })
  const property = fc.property(names, (keys) => {
    const properties = Object.fromEntries(keys.map((key) => [key, { title: key, type: 'string' }]))
    const parameters = { type: 'object', properties, required: keys, additionalProperties: false }
    const request: ChatRequest = {
      source: 'openai-chat',
      model: 'm',
      isStreaming: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ type: 'function', name: 'f', parameters }],
      stopSequences: [],
      sampling: {},
      wantsStreamUsage: false,
      extras: [],
    }
    expect(written(request, to)).toContain(JSON.stringify(parameters))
  })
  fc.assert(property, { numRuns: 50 })
})
