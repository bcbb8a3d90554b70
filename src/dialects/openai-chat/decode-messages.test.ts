import { describe, expect, test } from 'vitest'
import { decode } from '../../../test/support/dialects/openai-chat-base.ts'
import { call, invalid, USER } from '../../../test/support/dialects/openai-chat-wire-pieces.ts'

describe('messages', () => {
  test('MSG-01 each system message and part stands for itself', () => {
    const { messages } = decode({
      messages: [
        { role: 'system', content: 'A' },
        {
          role: 'developer',
          content: [
            { type: 'text', text: 'B' },
            { type: 'text', text: 'C' },
          ],
        },
        USER,
        { role: 'system', content: 'late' },
      ],
    })
    expect(messages.map(({ role, parts }) => [role, parts.length])).toEqual([
      ['system', 1],
      ['system', 2],
      ['user', 1],
      ['system', 1],
    ])
    expect(messages[1]).toMatchObject({ authority: 'developer' })
  })

  test('MSG-12 names stay, but for those of system messages', () => {
    const { messages, extras } = decode({
      messages: [
        { role: 'system', content: 'A', name: 's' },
        { ...USER, name: 'u' },
      ],
    })
    expect(messages[1]).toMatchObject({ name: 'u' })
    expect(extras).toMatchObject([{ path: 'messages[0].name', weight: 'hint' }])
  })

  test('MSG-13 MSG-14 null and empty content beside calls are no parts', () => {
    for (const content of [null, '', undefined]) {
      const { messages } = decode({
        messages: [USER, { role: 'assistant', content, tool_calls: [call('c')] }],
      })
      expect(messages[1]?.parts).toEqual([
        { type: 'tool-call', callId: 'c', name: 'one', input: '{}', kind: 'function' },
      ])
    }
  })

  test('MSG-16 a refusal, as a field or as a part', () => {
    const field = { role: 'assistant', content: null, refusal: 'No.' }
    const part = { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }
    for (const message of [field, part])
      expect(decode({ messages: [USER, message] }).messages[1]?.parts).toEqual([
        { type: 'refusal', text: 'No.' },
      ])
  })

  test('MSG-17 audio that the provider keeps is a contract', () => {
    const { extras } = decode({ messages: [USER, { role: 'assistant', content: null, audio: { id: 'a' } }] })
    expect(extras).toMatchObject([{ path: 'messages[1].audio', weight: 'contract' }])
  })

  test('MSG-18 deprecated functions become tools, with ids that are the same in every turn', () => {
    const functions = [{ name: 'f', parameters: { type: 'object' } }]
    const turn = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } }
    const request = decode({
      functions,
      function_call: { name: 'f' },
      messages: [USER, turn, { role: 'function', name: 'f', content: '1' }],
    })
    expect(request).toMatchObject({
      tools: [{ type: 'function', name: 'f' }],
      toolChoice: { type: 'tool', name: 'f' },
      allowsParallelCalls: false,
      extras: [{ path: 'functions', weight: 'note' }],
    })
    expect(request.messages.slice(1).flatMap(({ parts }) => parts)).toMatchObject([
      { type: 'tool-call', callId: 'call_fn1_f', input: '{"a":1}' },
      { type: 'tool-result', callId: 'call_fn1_f', name: 'f' },
    ])
  })

  test('MSG-24 MSG-30 a text and a list with that text are the same', () => {
    const list = { role: 'user', content: [{ type: 'text', text: 'Hi' }] }
    expect(decode({ messages: [list] }).messages).toEqual(decode({ messages: [USER] }).messages)
  })

  test('MSG-28 text of every kind comes through as it is', () => {
    const text = '\u0000 \ud800 👩‍👩‍👧 é'
    expect(decode({ messages: [{ role: 'user', content: text }] }).messages[0]?.parts).toEqual([
      { type: 'text', text },
    ])
  })
})

describe('parts', () => {
  const user = (...content: object[]) => decode({ messages: [{ role: 'user', content }] })
  const image = (url: string) => ({ type: 'image_url', image_url: { url } })

  test('PRT-01 PRT-02 PRT-03 images as data and as URLs, with their detail', () => {
    const { messages } = user(image('data:image/jpg;base64,QUJD'), {
      type: 'image_url',
      image_url: { url: 'https://x.test/a.png', detail: 'low' },
    })
    expect(messages[0]?.parts).toEqual([
      { type: 'image', source: { type: 'base64', mediaType: 'image/jpeg', data: 'QUJD' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' }, detail: 'low' },
    ])
    for (const url of ['data:image/png,QUJD', 'file:///etc/passwd', 'data:image/png;base64,***'])
      expect(() => user(image(url))).toThrow(invalid('messages[0].content[0].image_url.url'))
  })

  test('PRT-05 PRT-08 files by their data and by their id', () => {
    const { messages } = user(
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
      { type: 'file', file: { file_id: 'file-1' } },
    )
    expect(messages[0]?.parts).toEqual([
      {
        type: 'document',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' },
        filename: 'a.pdf',
      },
      { type: 'document', source: { type: 'file', dialect: 'openai-chat', id: 'file-1' } },
    ])
  })

  test('PRT-09 audio', () => {
    const { messages } = user({ type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } })
    expect(messages[0]?.parts).toEqual([{ type: 'audio', mediaType: 'audio/mp3', data: 'QUJD' }])
  })

  test('PRT-10 PRT-12 parts that nobody else has are contracts', () => {
    expect(user({ type: 'video_url', video_url: {} }).extras).toMatchObject([
      { path: 'messages[0].content[0]', weight: 'contract' },
    ])
    const content = [image('https://x.test/a.png')]
    expect(decode({ messages: [{ role: 'system', content }, USER] }).extras).toMatchObject([
      { path: 'messages[0].content[0]', weight: 'contract' },
    ])
  })

  test('PRT-13 parts keep their order', () => {
    const { messages } = user({ type: 'text', text: 'A' }, image('https://x.test/a.png'), {
      type: 'text',
      text: 'B',
    })
    expect(messages[0]?.parts.map(({ type }) => type)).toEqual(['text', 'image', 'text'])
  })
})

describe('calls and their results', () => {
  test('TCL-01 TCL-02 arguments stay as they were written', () => {
    const input = '{ "n": 12345678901234567890, "x": 1.0'
    const { messages } = decode({
      messages: [USER, { role: 'assistant', tool_calls: [call('c', 'one', input)] }],
    })
    expect(messages[1]?.parts[0]).toMatchObject({ input })
  })

  test('TCL-07 TCL-08 TCL-09 TCL-14 TCL-15 parallel results become one user message, what the user says behind them', () => {
    const { messages } = decode({
      messages: [
        USER,
        { role: 'assistant', tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'b', content: '' },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: '1' }] },
        { role: 'user', content: 'Go on', name: 'u' },
        USER,
      ],
    })
    expect(messages.slice(2)).toEqual([
      {
        role: 'user',
        name: 'u',
        parts: [
          { type: 'tool-result', callId: 'b', content: [], isError: false, kind: 'function' },
          {
            type: 'tool-result',
            callId: 'a',
            content: [{ type: 'text', text: '1' }],
            isError: false,
            kind: 'function',
          },
          { type: 'text', text: 'Go on' },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    ])
  })

  test('TCL-10 TCL-11 a result may hold pictures, which other formats take; sounds are a contract', () => {
    const image = { type: 'image_url', image_url: { url: 'https://x.test/a.png' } }
    const sound = { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } }
    const turn = { role: 'assistant', tool_calls: [call('a')] }
    const request = decode({
      messages: [USER, turn, { role: 'tool', tool_call_id: 'a', content: [image, sound] }],
    })
    expect(request.messages[2]?.parts).toMatchObject([{ type: 'tool-result', content: [{ type: 'image' }] }])
    expect(request.extras).toMatchObject([{ path: 'messages[2].content[1]', weight: 'contract' }])
  })

  test('TCL-17 a custom call, and a result that knows it', () => {
    const custom = { id: 'c', type: 'custom', custom: { name: 'note', input: 'free text' } }
    const messages = [
      USER,
      { role: 'assistant', tool_calls: [custom] },
      { role: 'tool', tool_call_id: 'c', content: 'x' },
    ]
    expect(
      decode({ messages })
        .messages.slice(1)
        .flatMap(({ parts }) => parts),
    ).toMatchObject([{ kind: 'custom', input: 'free text' }, { kind: 'custom' }])
  })

  test.each<[object, string]>([
    [{ role: 'assistant', tool_calls: [call('')] }, 'messages[1].tool_calls[0].id'],
    [{ role: 'assistant', tool_calls: [{ id: 'c' }] }, 'messages[1].tool_calls[0].function.name'],
    [{ role: 'tool', content: 'x' }, 'messages[1].tool_call_id'],
  ])('TCL-03 calls and results need their names and ids: %j', (message, path) => {
    expect(() => decode({ messages: [USER, message] })).toThrow(invalid(path))
  })
})
