import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Expectation } from '../../src/conformance/stream-grammars/findings.ts'
import { DIALECT_IDS, type DialectId } from '../../src/core/dialect-id.ts'
import { GatewayError } from '../../src/core/errors.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/ir/conversion.ts'
import type { ChatRequest } from '../../src/ir/request.ts'
import type { ChatResponse } from '../../src/ir/response.ts'
import { answerTo, encodeStream, problemsOfFold, problemsOfStream } from '../support/emitted.ts'
import { chatResponse } from '../support/ir-arbitraries/answers.ts'
import { chatRequest } from '../support/ir-arbitraries/requests.ts'
import { failingStream, streamEvents } from '../support/ir-arbitraries/streams.ts'
import { validateEmitted } from '../support/sdk-schemas/validate.ts'

// Answers of every kind, to requests of every kind, in every client's format.

describe.each(DIALECT_IDS)('for clients of %s', (format) => {
  const choices = format === 'openai-responses' || format === 'anthropic-messages' ? 'one' : 'several'
  const request = chatRequest(fc.constant(format))

  test('RSP-04 RSP-05 RSP-06 whole answers are what the SDK says they are', () => {
    fc.assert(
      fc.property(request, chatResponse(choices), (asked, response) => {
        expect(problemsOfWhole(format, response, answerTo(asked))).toEqual([])
      }),
    )
  })

  test('STR-14 streams are what the SDK says they are, in an order that it does not swallow', async () => {
    await fc.assert(
      fc.asyncProperty(request, streamEvents(choices), async (asked, stream) => {
        const { events, ending } = encodeStream(format, stream, answerTo(asked))
        const last = stream.at(-1)
        const isCounted = last?.type === 'finish' && last.usage !== undefined
        const usage = usageExpected(asked, isCounted)
        expect(problemsOfStream(format, events, { ending, ...(usage && { usage }) })).toEqual([])
        expect(ending === 'complete' ? await problemsOfFold(format, events) : []).toEqual([])
      }),
    )
  })

  test('ERR-20 streams that fail say so, last', () => {
    fc.assert(
      fc.property(request, failingStream(choices), (asked, stream) => {
        const { events } = encodeStream(format, stream, answerTo(asked))
        expect(problemsOfStream(format, events, { ending: 'error' })).toEqual([])
      }),
    )
  })
})

/** USG-07: only two formats leave the counts to the client's wish. */
function usageExpected({ source, wantsStreamUsage }: ChatRequest, isCounted: boolean): Expectation['usage'] {
  const isOptional = source === 'openai-chat' || source === 'openai-completions'
  if (isOptional && !wantsStreamUsage) return 'unwanted'
  return isCounted ? 'wanted' : undefined
}

/** Nothing is wrong with an answer that is refused because it is none, as the format sees it. */
function problemsOfWhole(format: DialectId, response: ChatResponse, context: AnswerContext): string[] {
  try {
    const body = DIALECTS[format].client.encodeResponse(response, context)
    return validateEmitted(format, 'whole', JSON.parse(JSON.stringify(body)))
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'upstream_error') return []
    throw thrown
  }
}
