import { expect, test } from 'vitest'
import { across } from '../../../test/support/dialects/across.ts'
import { foldStream } from '../../ir/fold.ts'
import type { Part } from '../../ir/part.ts'
import { unfoldResponse } from '../../ir/unfold.ts'
import { converter } from './converter.ts'

const message = (id: string, text: string, phase: string) => ({
  type: 'message',
  id,
  role: 'assistant',
  status: 'completed',
  phase,
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})
const image = {
  type: 'image_generation_call',
  id: 'ig_1',
  status: 'completed',
  result: 'AA==',
  output_format: 'webp',
}
const output = [message('m1', 'Let me see.', 'commentary'), message('m2', 'Done.', 'final_answer'), image]
const whole = { id: 'resp_1', model: 'm', status: 'completed', output }
const stream = [
  { type: 'response.created', response: { id: 'resp_1', model: 'm' } },
  ...output.flatMap((item, output_index) => [
    { type: 'response.output_item.added', output_index, item: { ...item, content: [] } },
    { type: 'response.output_item.done', output_index, item },
  ]),
  { type: 'response.completed', response: whole },
]
const parts: Part[] = [
  { type: 'text', text: 'Let me see.', phase: 'commentary' },
  { type: 'text', text: 'Done.', phase: 'final_answer' },
  { type: 'image', source: { type: 'base64', mediaType: 'image/webp', data: 'AA==' } },
]

test('MSG-19 PRT-15 an answer tells the phase of each text; a picture that was made is one, whole and streamed', () => {
  expect(converter.decodeResponse(whole).parts).toEqual(parts)
  const decode = converter.createStreamDecoder()
  expect(foldStream(stream.flatMap((event) => decode({ data: JSON.stringify(event) })))).toEqual(
    converter.decodeResponse(whole),
  )
})

test('MSG-19 what is said in another phase is a message of its own for a client', () => {
  const shape = [
    { type: 'message', phase: 'commentary', content: [{ text: 'Let me see.' }] },
    { type: 'message', phase: 'final_answer', content: [{ text: 'Done.' }] },
    { type: 'image_generation_call', result: 'AA==' },
  ]
  const response = { model: 'm', parts, finish: { unified: 'stop' }, dropped: [] } as const
  const request = converter.decodeRequest({ model: 'm', input: 'Hi' }, { headers: {} })
  const context = { request, requestId: 'req_1', nowSeconds: 1 }
  expect(converter.encodeResponse(response, context).output).toMatchObject(shape)
  const encode = converter.createStreamEncoder(context)
  const events = unfoldResponse(response).flatMap((event) => encode(event))
  expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ response: { output: shape } })
})

test('MSG-19 PRT-15 a Chat client gets the picture, and is told that phases are lost', () => {
  const crossing = across('openai-responses', 'openai-chat')
  expect(crossing.whole(whole).choices).toMatchObject([
    {
      message: {
        content: 'Let me see.Done.',
        images: [{ image_url: { url: 'data:image/webp;base64,AA==' } }],
      },
    },
  ])
  expect(crossing.lost.map(({ action }) => action)).toEqual(['dropped', 'dropped', 'approximated'])
})
