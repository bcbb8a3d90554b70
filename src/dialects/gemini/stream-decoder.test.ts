import { describe, expect, test } from 'vitest'
import { chunkOf, decodeStream, fixture, sseOf } from '../../../test/support/dialects/gemini.ts'
import { isJsonObject } from '../../core/json.ts'
import { foldStream } from '../../ir/fold.ts'
import { decodeResponse } from './response.ts'
import { createStreamDecoder } from './stream-decoder.ts'

const types = (sse: string) => decodeStream(sse).map(({ type }) => type)
const STOP = { finishReason: 'STOP' }

describe('streams', () => {
  test.each([
    'text',
    'thoughts',
    'tool-calls',
    'tool-calls-without-ids',
    'blocked',
    'safety',
    'max-tokens',
    'empty',
  ])('RSP-14 %s: the folded stream is the whole answer', (name) => {
    const folded = foldStream(decodeStream(fixture(`${name}.sse`)))
    expect(withoutIds(folded)).toEqual(withoutIds(decodeResponse(JSON.parse(fixture(`${name}.json`)))))
  })

  test('STR-33 every chunk is told as it comes', () => {
    const decode = createStreamDecoder()
    const [first] = sseOf(chunkOf([{ text: 'a' }])).split('\n')
    expect(decode({ data: first?.slice(6) ?? '' }).map(({ type }) => type)).toEqual([
      'start',
      'text-start',
      'text-delta',
    ])
  })

  test('RSN-29 STR-10 thoughts are reasoning, apart from the text', () => {
    expect(types(sseOf(chunkOf([{ text: 'hm', thought: true }]), chunkOf([{ text: 'so' }], STOP)))).toEqual([
      'start',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-end',
      'finish',
    ])
  })

  test('RSN-31 STR-11 a signature on an empty text closes the text before it, without an empty delta', () => {
    const events = decodeStream(
      sseOf(chunkOf([{ text: 'so' }]), chunkOf([{ text: '', thoughtSignature: 's' }], STOP)),
    )
    const deltas = events.filter(({ type }) => type === 'text-delta')
    expect(deltas).toHaveLength(1)
    expect(events.at(-2)).toEqual({
      type: 'text-end',
      id: 't0',
      carrier: { origin: 'gemini', kind: 'thought-signature', payload: 's' },
    })
  })

  test('RSN-31 a signature alone, after a call, is a text of its own', () => {
    const { parts } = foldStream(
      decodeStream(
        sseOf(
          chunkOf([{ functionCall: { name: 'f' } }]),
          chunkOf([{ text: '', thoughtSignature: 's' }], STOP),
        ),
      ),
    )
    expect(parts).toMatchObject([
      { type: 'tool-call' },
      { type: 'text', text: '', carrier: { payload: 's' } },
    ])
  })

  test('TCL-04 STR-08 STR-32 calls come whole, with ids unique across chunks and turns', () => {
    const callIds = (responseId: string) =>
      decodeStream(
        sseOf(
          {
            ...chunkOf([
              { functionCall: { name: 'f', args: { a: 1 } } },
              { functionCall: { name: 'f', args: { a: 1 } } },
            ]),
            responseId,
          },
          { ...chunkOf([{ functionCall: { name: 'f', args: { a: 1 } } }], STOP), responseId },
        ),
      ).flatMap((event) => (event.type === 'tool-call-start' ? [event.callId] : []))
    const ids = [...callIds('r-1'), ...callIds('r-2')]
    expect(new Set(ids).size).toBe(6)
    expect(callIds('r-1')).toEqual(ids.slice(0, 3))
    for (const id of ids) expect(id).toMatch(/^call_[0-9a-f]{24}$/)
  })

  test('TCL-03 TCL-05 ids are kept where they are legal and new', () => {
    const calls = ['a', 'a', '', 'nö'].map((id) => ({ functionCall: { id, name: 'f', args: {} } }))
    const ids = decodeStream(sseOf(chunkOf(calls, STOP))).flatMap((event) =>
      event.type === 'tool-call-start' ? [event.callId] : [],
    )
    expect(ids[0]).toBe('a')
    expect(new Set(ids).size).toBe(4)
  })

  test('STR-07 a call without arguments takes an empty object', () => {
    expect(
      foldStream(decodeStream(sseOf(chunkOf([{ functionCall: { name: 'f' } }], STOP)))).parts,
    ).toMatchObject([{ input: '{}' }])
  })

  test('STR-09 arguments in pieces are put together by their paths', () => {
    const events = decodeStream(fixture('partial-args.sse'))
    const { parts, finish, createdSeconds } = foldStream(events)
    expect(parts).toEqual([
      {
        type: 'tool-call',
        kind: 'function',
        name: 'book',
        callId: expect.stringMatching(/^call_/),
        input:
          '{"city":"Berlin","guests":[{"name":"Ada \\"A\\"","age in years":36},{"name":null}],"breakfast":true}',
        carrier: { origin: 'gemini', kind: 'thought-signature', payload: 'c2lnbmF0dXJl' },
      },
    ])
    expect(finish.unified).toBe('tool-calls')
    expect(createdSeconds).toBe(Date.parse('2026-11-03T10:00:00Z') / 1000)
  })

  test('STP-05 STP-20 calls make a stop a stop for calls, a limit stays a limit', () => {
    const finish = (reason: string) =>
      foldStream(decodeStream(sseOf(chunkOf([{ functionCall: { name: 'f' } }], { finishReason: reason }))))
        .finish.unified
    expect(finish('STOP')).toBe('tool-calls')
    expect(finish('MAX_TOKENS')).toBe('length')
    expect(finish('SAFETY')).toBe('refusal')
  })

  test('STR-13 [DONE] and empty events are nothing', () => {
    expect(
      types(`${sseOf(chunkOf([{ text: 'a' }], STOP))}data: [DONE]\n\n`).filter((type) => type === 'finish'),
    ).toHaveLength(1)
  })

  test('STR-14 a stream that ends early has no finish', () => {
    expect(types(sseOf(chunkOf([{ text: 'a' }])))).not.toContain('finish')
  })

  test('STR-23 words, calls and counts behind a finish reason still count; nothing follows the end', () => {
    const call = { functionCall: { name: 'f', args: {} } }
    const counts = { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 4 } }
    const UNSET = { finishReason: 'FINISH_REASON_UNSPECIFIED' }
    const sse = sseOf(
      chunkOf([{ text: 'a' }], UNSET),
      chunkOf([{ text: 'b' }], STOP),
      chunkOf([{ text: 'c' }], STOP),
      chunkOf([call], STOP),
      counts,
    )
    const folded = foldStream(decodeStream(`${sse}data: [DONE]\n\n${sse}`))
    expect(folded.parts).toMatchObject([{ text: 'abc' }, { type: 'tool-call' }])
    expect(folded).toMatchObject({ finish: { unified: 'tool-calls' }, usage: { outputTokens: 4 } })
  })

  test('STR-14 a reason that says nothing is no end', () => {
    const events = decodeStream(sseOf(chunkOf([{ text: 'a' }], { finishReason: '' })))
    expect(events.map(({ type }) => type)).not.toContain('finish')
  })

  test('USG-04 USG-09 counts are cumulative, the last ones hold', () => {
    const counts = (candidatesTokenCount: number) => ({
      usageMetadata: {
        promptTokenCount: 10,
        cachedContentTokenCount: 4,
        toolUsePromptTokenCount: 2,
        candidatesTokenCount,
        thoughtsTokenCount: 3,
      },
    })
    const { usage } = foldStream(
      decodeStream(
        sseOf(
          { ...chunkOf([{ text: 'a' }]), ...counts(1) },
          { ...chunkOf([{ text: 'b' }], STOP), ...counts(5) },
        ),
      ),
    )
    expect(usage).toMatchObject({ inputTokens: 8, cacheReadTokens: 4, outputTokens: 5, reasoningTokens: 3 })
  })

  test('ERR-20 ERR-23 errors in the stream, alone or in a list, end it', () => {
    const error = { code: 503, message: 'busy', status: 'UNAVAILABLE' }
    for (const data of [{ error }, [{ error }]]) {
      const events = decodeStream(sseOf(chunkOf([{ text: 'a' }]), data, chunkOf([{ text: 'b' }], STOP)))
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_overloaded' } })
    }
    expect(decodeStream(sseOf({ error: { message: 'x', status: 'RESOURCE_EXHAUSTED' } }))).toMatchObject([
      { type: 'error', error: { upstreamStatus: 429 } },
    ])
  })

  test('ERR-10 how long to wait is told', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }]
    const error = { code: 429, message: 'slow', status: 'RESOURCE_EXHAUSTED', details }
    expect(decodeStream(sseOf({ error }))).toMatchObject([
      { error: { code: 'upstream_rate_limited', retryAfterMs: 1500 } },
    ])
  })

  test('RSN-32 tags in the text are text', () => {
    const { parts } = foldStream(decodeStream(sseOf(chunkOf([{ text: '<think>a</think>b' }], STOP))))
    expect(parts).toEqual([{ type: 'text', text: '<think>a</think>b' }])
  })

  test('RSP-19 STR-28 broken JSON is malformed, unknown parts are hosted', () => {
    const decode = createStreamDecoder()
    for (const data of ['{"candidates":', '"x"', 'null', '[1]'])
      expect(() => decode({ data })).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
    expect(() => decodeStream(sseOf(chunkOf([{ functionCall: { args: {} } }])))).toThrow(
      expect.objectContaining({ code: 'upstream_malformed' }),
    )
    expect(foldStream(decodeStream(sseOf(chunkOf([{ newThing: 1 }], STOP)))).parts).toEqual([
      { type: 'hosted', dialect: 'gemini', wire: { newThing: 1 } },
    ])
  })

  test('CIT-01 CIT-04 CIT-07 STR-26 sources come at the end, in UTF-16 offsets', () => {
    const response = foldStream(decodeStream(fixture('grounding.sse')))
    const [part] = response.parts
    const [first, second] = part?.type === 'text' ? (part.citations ?? []) : []
    expect(first).toEqual({
      type: 'url',
      url: 'https://example.org/a',
      title: 'example.org',
      start: 10,
      end: 30,
    })
    expect(second).toMatchObject({ url: 'https://example.org/b', start: 10, end: 30 })
    expect(part).toMatchObject({
      text: '😀 Grüße. Spain won Euro 2024.',
      carrier: { payload: 'c2lnbmF0dXJl' },
    })
    expect(response.dropped).toMatchObject([
      { path: 'candidates[].groundingMetadata', action: 'approximated' },
    ])
  })

  test('STR-31 an argument of 5 MB in single letters takes linear time', () => {
    const decode = createStreamDecoder()
    const piece = JSON.stringify(
      chunkOf([
        {
          functionCall: {
            partialArgs: [{ jsonPath: '$.a', stringValue: 'x', willContinue: true }],
            willContinue: true,
          },
        },
      ]),
    )
    const count = 50_000
    decode({ data: JSON.stringify(chunkOf([{ functionCall: { name: 'f', willContinue: true } }])) })
    for (let index = 0; index < count; index += 1) decode({ data: piece })
    const [delta] = decode({ data: JSON.stringify(chunkOf([{ functionCall: {} }], STOP)) })
    expect(delta).toMatchObject({ type: 'tool-call-delta' })
    expect(delta?.type === 'tool-call-delta' && delta.input.length).toBe(count + '{"a":""}'.length)
  })
})

/** The simulator counts its answers, so ids and signatures differ from one to the next. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds)
  if (!isJsonObject(value)) return value
  const skipped = ['callId', 'payload', 'upstreamId']
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !skipped.includes(key))
      .map(([key, inner]) => [key, withoutIds(inner)]),
  )
}
