import { describe, expect, test } from 'vitest'
import {
  decode,
  decodeDeltas,
  encode,
  messagesOf,
  OPENAI,
  PLAIN,
} from '../../../test/support/dialects/openai-chat-base.ts'
import { foldStream } from '../../ir/fold.ts'
import { converter } from './converter.ts'

const thinking = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })
const text = (words: string) => ({ type: 'text', text: words })
const reference = { type: 'reference', reference_ids: [1] }
const carrier = { origin: 'openai-chat', kind: 'signature', payload: 'content.thinking' } as const

const whole = (message: object) =>
  converter.decodeResponse({ choices: [{ index: 0, message, finish_reason: 'stop' }] })

describe("content as a list of chunks, which is Mistral's way", () => {
  test('RSN-24 thinking among it is reasoning, whole and streamed alike', () => {
    const answer = whole({ content: [thinking('hm'), text('Hi'), text('!')] })
    expect(answer.parts).toEqual([
      { type: 'reasoning', text: 'hm', carrier },
      { type: 'text', text: 'Hi!' },
    ])
    const deltas = [{ content: [thinking('h')] }, { content: [thinking('m')] }, { content: [text('Hi')] }]
    expect(foldStream(decodeDeltas([...deltas, { content: '!' }])).parts).toEqual(answer.parts)
  })

  test('SRV-04 references to documents are reported once, whole and streamed', () => {
    const lost = [{ path: 'choices[].message.content', action: 'dropped' }]
    expect(whole({ content: [text('Hi'), reference, reference] }).dropped).toMatchObject(lost)
    const deltas = [{ content: [text('Hi')] }, { content: [reference] }, { content: [reference] }]
    expect(foldStream(decodeDeltas(deltas)).dropped).toMatchObject(lost)
  })

  test('RSN-21 RSN-22 thinking goes back there to a model that takes it, and to no other', () => {
    const messages = [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', carrier },
          { type: 'text', text: 'Hi' },
        ],
      },
      { role: 'user', parts: [text('And?')] },
    ] as never
    const mistral = encode({ messages }, { ...PLAIN, thinkingInContent: true })
    expect(messagesOf(mistral)[0]).toEqual({ role: 'assistant', content: [thinking('hm'), text('Hi')] })
    expect(mistral.dropped).toEqual([])
    for (const capabilities of [PLAIN, OPENAI]) {
      const other = encode({ messages }, capabilities)
      expect(messagesOf(other)[0]).toEqual({ role: 'assistant', content: 'Hi' })
      expect(other.dropped).toMatchObject([{ path: 'messages[0].content[0]', isHarmless: true }])
    }
  })

  test('RSN-24 a client may send it back as it came', () => {
    const content = [thinking('hm'), text('Hi')]
    const { messages, extras } = decode({
      messages: [
        { role: 'assistant', content },
        { role: 'user', content: 'And?' },
      ],
    })
    expect(messages[0]?.parts).toEqual([{ type: 'reasoning', text: 'hm' }, text('Hi')])
    expect(extras).toEqual([])
  })
})

describe('what an answer holds besides words', () => {
  const audio = { id: 'a', data: 'AA==', transcript: 'Hello', expires_at: 1 }

  test('TOP-23 of a spoken answer the words are kept and the sound reported', () => {
    const answer = whole({ content: null, audio })
    expect(answer.parts).toEqual([{ type: 'text', text: 'Hello' }])
    expect(answer.dropped).toMatchObject([{ path: 'choices[].message.audio', action: 'dropped' }])
    const deltas = [{ audio: { id: 'a', transcript: 'Hel' } }, { audio: { transcript: 'lo', data: 'AA==' } }]
    expect(foldStream(decodeDeltas(deltas))).toMatchObject({ parts: answer.parts, dropped: answer.dropped })
  })

  test('PRT-15 pictures, streamed as in a whole answer', () => {
    const images = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
    ]
    const { parts } = whole({ content: 'Here', images })
    expect(parts).toMatchObject([
      { text: 'Here' },
      { type: 'image', source: { data: 'AA==' } },
      { type: 'image', source: { url: 'https://example.org/a.png' } },
    ])
    expect(foldStream(decodeDeltas([{ content: 'Here' }, { images }])).parts).toEqual(parts)
  })
})

test('TLD-12 whether free text is taken is not a matter of how limits are spelled', () => {
  const tools = [{ type: 'custom', name: 'note' }] as const
  const old = encode({ tools }, { ...PLAIN, customTools: true })
  expect(old.body).toMatchObject({ tools: [{ type: 'custom' }] })
  const newer = encode({ tools, maxOutputTokens: 5 }, { ...PLAIN, completionTokens: true })
  expect(newer.body).toMatchObject({ tools: [{ type: 'function' }], max_completion_tokens: 5 })
})
