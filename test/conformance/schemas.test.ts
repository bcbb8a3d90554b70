import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DIALECT_IDS, type DialectId } from '../../src/core/dialect-id.ts'
import { ERROR_CODES, GatewayError } from '../../src/core/errors.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { UpstreamConverter } from '../../src/dialects/dialect.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { StreamEvent } from '../../src/ir/stream-event.ts'
import { unfoldResponse } from '../../src/ir/unfold.ts'
import { createLineState, findEventEnds } from '../../src/wire/sse-boundaries.ts'
import { readSseEvent, type SseEvent } from '../../src/wire/sse-event.ts'
import { answerTo, encodeStream, plainRequest, problemsOfFold, problemsOfStream } from '../support/emitted.ts'
import { validateEmitted } from '../support/sdk-schemas/validate.ts'

interface Fixture {
  readonly name: string
  readonly text: string
  readonly converter: UpstreamConverter
}

/** Every recorded answer of every dialect; requests are recorded too. */
const fixtures = DIALECT_IDS.flatMap((id): Fixture[] => {
  const converter = DIALECTS[id].upstream
  if (converter === undefined) return []
  const folder = new URL(`../../src/dialects/${id}/fixtures/`, import.meta.url)
  return readdirSync(folder)
    .filter((name) => !name.endsWith('request.json'))
    .map((name) => ({ name: `${id}/${name}`, text: readFileSync(new URL(name, folder), 'utf8'), converter }))
})
const wholes = fixtures.filter(({ name }) => name.endsWith('.json'))
const streams = fixtures.filter(({ name }) => name.endsWith('.sse'))

function sseEvents(text: string): SseEvent[] {
  const bytes = Buffer.from(text)
  const ends = findEventEnds(createLineState(), bytes)
  return ends.flatMap((end, index) => readSseEvent(bytes.subarray(ends[index - 1] ?? 0, end)) ?? [])
}

function decodeStream({ converter, text }: Fixture): StreamEvent[] {
  const decode = converter.createStreamDecoder()
  const { impliedEnd } = converter
  return [...sseEvents(text), ...(impliedEnd === undefined ? [] : [impliedEnd])].flatMap(decode)
}

async function expectSoundStream(format: DialectId, decoded: readonly StreamEvent[]): Promise<void> {
  const { events, ending } = encodeStream(format, decoded, answerTo(plainRequest(format)))
  expect(ending).toBe('complete')
  expect(problemsOfStream(format, events, { ending })).toEqual([])
  expect(await problemsOfFold(format, events)).toEqual([])
}

describe.each(DIALECT_IDS)('for clients of %s', (format) => {
  test.each(wholes)('$name is an answer, whole and as a stream', async ({ text, converter }) => {
    const response = converter.decodeResponse(JSON.parse(text))
    const context = answerTo(plainRequest(format, { isStreaming: false }))
    const body = wire(DIALECTS[format].client.encodeResponse(response, context))
    expect(validateEmitted(format, 'whole', body)).toEqual([])
    await expectSoundStream(format, unfoldResponse(response))
  })

  test.each(streams)('$name is a stream', async (fixture) => {
    await expectSoundStream(format, decodeStream(fixture))
  })

  test.each(ERROR_CODES)('ERR-01 %s has the shape of an error, before an answer and within', (code) => {
    const dialect = DIALECTS[format]
    for (const options of [{}, { path: 'messages[0].content', upstreamStatus: 418, retryAfterMs: 1000 }]) {
      const error = new GatewayError(code, 'What to do', options)
      const { status, body } = dialect.encodeError(error, 'req_1')
      expect(validateEmitted(format, 'error', wire(body))).toEqual([])
      expect(status).toBeGreaterThanOrEqual(400)
      const stream: StreamEvent[] = [
        { type: 'start', model: 'm' },
        { type: 'error', error },
      ]
      for (const decoded of [stream, stream.slice(1)]) {
        const { events, ending } = encodeStream(format, decoded, answerTo(plainRequest(format)))
        expect(problemsOfStream(format, events, { ending })).toEqual([])
      }
      const closing = sseEvents(dialect.encodeStreamError(error, 'req_1', {}))
      expect(problemsOfStream(format, closing, { ending: 'error' })).toEqual([])
    }
  })
})

function wire(body: JsonObject): unknown {
  return JSON.parse(JSON.stringify(body))
}
