import { expect, test } from 'vitest'
import { across } from '../../test/support/dialects/across.ts'
import { foldStream } from '../ir/fold.ts'
import { DIALECTS } from './index.ts'

const url = 'https://example.org/'
const groundingMetadata = {
  groundingChunks: [{ web: { uri: url, title: 'Example' } }],
  groundingSupports: [
    { segment: { startIndex: 0, endIndex: 5, text: 'First' }, groundingChunkIndices: [0] },
    { segment: { startIndex: 5, endIndex: 11, text: 'second' }, groundingChunkIndices: [0] },
  ],
}
const chunk = (parts: readonly object[], rest: object = {}) => ({
  modelVersion: 'm',
  candidates: [{ content: { role: 'model', parts }, ...rest }],
})
const call = { functionCall: { name: 'f', args: {}, id: 'c1' } }
/** Two texts with a call between them; the sources come when all of it has been said. */
const stream = [
  chunk([{ text: 'First' }]),
  chunk([call]),
  chunk([{ text: 'second' }]),
  chunk([], { finishReason: 'STOP', groundingMetadata }),
]
const whole = chunk([{ text: 'First' }, call, { text: 'second' }], {
  finishReason: 'STOP',
  groundingMetadata,
})

test('CIT-04 STR-26 each source goes to the text that it bears out, though that has ended', () => {
  const { upstream } = DIALECTS.gemini
  const decode = upstream?.createStreamDecoder()
  const data = [...stream.map((each) => JSON.stringify(each)), '[DONE]']
  const streamed = foldStream(data.flatMap((each) => decode?.({ data: each }) ?? []))
  expect(streamed.parts).toMatchObject([
    { text: 'First', citations: [{ url, start: 0, end: 5 }] },
    { type: 'tool-call' },
    { text: 'second', citations: [{ url, start: 5, end: 11 }] },
  ])
  expect(streamed).toEqual(upstream?.decodeResponse(whole))
})

test('CIT-04 CIT-07 Chat clients get them as annotations, at the end', () => {
  const annotation = (start_index: number, end_index: number) => ({
    type: 'url_citation',
    url_citation: { url, title: 'Example', start_index, end_index },
  })
  const annotations = [annotation(0, 5), annotation(5, 11)]
  const crossing = across('gemini', 'openai-chat')
  expect(crossing.whole(whole).choices).toMatchObject([{ message: { annotations } }])
  const deltas = crossing.stream(stream).flatMap(({ choices }) => choices as { delta: object }[])
  expect(deltas.map(({ delta }) => delta)).toContainEqual(expect.objectContaining({ annotations }))
})

test('CIT-04 CIT-07 Responses clients get them as events, and in their places in the whole', () => {
  const crossing = across('gemini', 'openai-responses')
  const events = crossing.stream(stream)
  const added = events.filter(({ type }) => type === 'response.output_text.annotation.added')
  expect(added).toMatchObject([
    { output_index: 0, content_index: 0, annotation_index: 0, annotation: { start_index: 0, end_index: 5 } },
    { output_index: 2, content_index: 0, annotation_index: 0, annotation: { start_index: 0, end_index: 6 } },
  ])
  const output = [
    { type: 'message', content: [{ text: 'First', annotations: [{ url }] }] },
    { type: 'function_call' },
    { type: 'message', content: [{ text: 'second', annotations: [{ url, start_index: 0, end_index: 6 }] }] },
  ]
  expect(events.at(-1)).toMatchObject({ response: { output } })
  expect(crossing.whole(whole).output).toMatchObject(output)
})

test('CIT-04 CIT-07 Messages clients get those of the open text; earlier ones are reported, for a whole answer none', () => {
  const crossing = across('gemini', 'anthropic-messages')
  const deltas = crossing.stream(stream).filter(({ type }) => type === 'content_block_delta')
  expect(deltas.at(-1)).toMatchObject({ delta: { type: 'citations_delta', citation: { url } } })
  expect(crossing.lost.filter(({ path }) => path === 'content')).toMatchObject([
    { action: 'dropped', reason: expect.stringContaining('after their text had ended') },
    { action: 'approximated', reason: expect.stringContaining('whole block') },
  ])
  const other = across('gemini', 'anthropic-messages')
  expect(other.whole(whole).content).toMatchObject([
    { text: 'First', citations: [{ url }] },
    { type: 'tool_use' },
    { text: 'second', citations: [{ url }] },
  ])
  expect(other.lost.filter(({ path }) => path === 'content')).toEqual([])
})

/** As OpenRouter sends Perplexity's sources: with every chunk, and without a place. */
test('CIT-03 CIT-07 sources that Chat servers repeat, and place nowhere, are named once and for the whole text', () => {
  const annotations = [
    { type: 'url_citation', url_citation: { url, title: 'Example', start_index: 0, end_index: 0 } },
  ]
  const delta = (fields: object) => ({ choices: [{ index: 0, delta: { ...fields, annotations } }] })
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  const stream = [delta({ content: 'Hi' }), delta({ content: ' you' }), end, '[DONE]']
  const answer = {
    choices: [{ index: 0, message: { content: 'Hi you', annotations }, finish_reason: 'stop' }],
  }

  const messages = across('openai-chat', 'anthropic-messages')
  const cited = messages.stream(stream).filter(({ delta: each }) => each && 'citation' in (each as object))
  expect(cited).toMatchObject([{ delta: { citation: { url } } }])
  expect(messages.whole(answer).content).toMatchObject([{ text: 'Hi you', citations: [{ url }] }])

  const placed = [{ url, start_index: 0, end_index: 6 }]
  const responses = across('openai-chat', 'openai-responses')
  const output = [{ content: [{ text: 'Hi you', annotations: placed }] }]
  expect(responses.stream(stream).at(-1)).toMatchObject({ response: { output } })
  expect(responses.whole(answer)).toMatchObject({ output })
})

test('CIT-07 Chat servers may name sources behind a call, too; without any text they are reported', () => {
  const source = {
    annotations: [{ type: 'url_citation', url_citation: { url, start_index: 0, end_index: 2 } }],
  }
  const delta = (fields: object) => ({ choices: [{ index: 0, delta: fields }] })
  const toolCall = { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] }
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  const crossing = across('openai-chat', 'openai-responses')
  const events = crossing.stream([delta({ content: 'Hi' }), delta(toolCall), delta(source), end, '[DONE]'])
  expect(events.at(-1)).toMatchObject({
    response: { output: [{ content: [{ annotations: [{ url }] }] }, {}] },
  })
  expect(crossing.lost).toEqual([])
  crossing.stream([delta(toolCall), delta(source), end, '[DONE]'])
  expect(crossing.lost).toMatchObject([{ path: 'choices[].message.annotations', action: 'dropped' }])
  const whole = across('openai-chat', 'openai-responses')
  const message = { content: null, ...toolCall, ...source }
  whole.whole({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
  expect(whole.lost).toMatchObject([{ path: 'choices[].message.annotations', action: 'dropped' }])
})
