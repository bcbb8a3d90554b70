import { describe, expect, test } from 'vitest'
import {
  decode,
  encode,
  HELLO,
  MODERN,
  OLD,
  refusalOf,
} from '../../../test/support/dialects/anthropic-messages.ts'
import type { DialectId } from '../../core/dialect-id.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'

const f = { type: 'function', name: 'f' } as const
const text = (value: string): Part => ({ type: 'text', text: value })
const said = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const asked = (...parts: Part[]): Message => ({ role: 'user', parts })
const system = (value: string): Message => ({ role: 'system', parts: [{ type: 'text', text: value }] })
const call = (callId: string, input = '{}'): Part => ({
  type: 'tool-call',
  callId,
  name: 'f',
  input,
  kind: 'function',
})
const result = (callId: string, content = 'r'): Part => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text: content }],
  isError: false,
  kind: 'function',
})
const block = (value: string) => ({ type: 'text', text: value })
const messagesOf = (messages: Message[], capabilities = MODERN) =>
  encode({ messages }, capabilities).body.messages
const reasons = (messages: Message[], capabilities = MODERN) =>
  encode({ messages, tools: [f] }, capabilities).dropped.map(({ path, action }) => `${action} ${path}`)

describe('system', () => {
  test('MSG-01 MSG-02 TOP-28 everything before the conversation, a block for each part', () => {
    const cached: Message = {
      role: 'system',
      parts: [{ type: 'text', text: 'B', cache: { lifetime: 'long' } }],
    }
    const { body } = encode({ messages: [system('A'), cached, HELLO] })
    expect(body.system).toEqual([
      block('A'),
      { ...block('B'), cache_control: { type: 'ephemeral', ttl: '1h' } },
    ])
    expect(Object.keys(body).indexOf('system')).toBeLessThan(Object.keys(body).indexOf('messages'))
  })

  test('MSG-06 in the middle, where it may stand', () => {
    const messages = [HELLO, system('A'), system('B'), said(text('x')), asked(text('y')), system('C')]
    expect(messagesOf(messages)).toEqual([
      { role: 'user', content: [block('Hello')] },
      { role: 'system', content: [block('A'), block('B')] },
      { role: 'assistant', content: [block('x')] },
      { role: 'user', content: [block('y')] },
      { role: 'system', content: [block('C')] },
    ])
    expect(reasons(messages)).toEqual([])
  })

  test('MSG-06 elsewhere it is a marked text behind the results of the user’s turn', () => {
    const marked = block('<system-message>\nA\n</system-message>')
    const messages = [HELLO, said(call('c')), system('A'), asked(result('c'), text('y'))]
    const content = [{ type: 'tool_result', tool_use_id: 'c', content: 'r' }, marked, block('y')]
    expect(messagesOf(messages)).toMatchObject([{}, { role: 'assistant' }, { role: 'user', content }])
    expect(reasons(messages)).toEqual(['approximated messages[2]'])
    expect(messagesOf([HELLO, system('A'), asked(text('y'))])).toEqual([
      { role: 'user', content: [block('Hello'), marked, block('y')] },
    ])
  })

  test('MSG-06 older models know no such message', () => {
    const messages = [HELLO, system('A'), said(text('x')), HELLO]
    expect(messagesOf(messages, OLD)).toMatchObject([{ role: 'user', content: [{}, {}] }, {}, {}])
    expect(reasons(messages, OLD)).toEqual(['approximated messages[1]'])
  })

  test('MSG-06 what is left out behind it does not count as an answer', () => {
    const foreign: Part = { type: 'reasoning', text: 'Hm.' }
    const marked = block('<system-message>\nA\n</system-message>')
    expect(messagesOf([HELLO, system('A'), said(foreign), asked(text('y'))])).toEqual([
      { role: 'user', content: [block('Hello'), marked, block('y')] },
    ])
    expect(messagesOf([HELLO, system('A'), asked(text(' ')), said(text('x')), HELLO])).toMatchObject([
      { role: 'user' },
      { role: 'system' },
      { role: 'assistant' },
      { role: 'user' },
    ])
  })

  test('MSG-06 behind the result of a hosted tool it may stand too', () => {
    const wire = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
    const hosted: Part = { type: 'hosted', dialect: 'anthropic-messages', wire }
    expect(messagesOf([HELLO, said(hosted), system('A')])).toMatchObject([{}, {}, { role: 'system' }])
  })

  test('MSG-10 instructions alone become the user’s', () => {
    const { body, dropped } = encode({ messages: [system('A'), system('B')] })
    expect(body).toMatchObject({ system: [block('A')], messages: [{ role: 'user', content: [block('B')] }] })
    expect(dropped).toHaveLength(1)
    expect(refusalOf(() => encode({ messages: [] }))).toBe('unsupported_parameter messages')
  })
})

describe('turns', () => {
  test('MSG-09 TCL-07 TCL-08 TCL-15 parallel results become one user message, in their order', () => {
    const messages = [HELLO, said(call('a')), said(call('b')), asked(result('b')), asked(result('a')), HELLO]
    expect(messagesOf(messages)).toMatchObject([
      {},
      { role: 'assistant', content: [{ id: 'a' }, { id: 'b' }] },
      { role: 'user', content: [{ tool_use_id: 'b' }, { tool_use_id: 'a' }, block('Hello')] },
    ])
  })

  test('MSG-21 TCL-09 results come before whatever else the user says', () => {
    const messages = [HELLO, said(call('a')), asked(text('wait'), result('a'), text('now'))]
    expect(messagesOf(messages)).toMatchObject([
      {},
      {},
      { content: [{ type: 'tool_result' }, block('wait'), block('now')] },
    ])
  })

  test('MSG-10 an answer that comes first gets a note before it', () => {
    expect(messagesOf([said(text('x')), HELLO])).toMatchObject([{ role: 'user' }, { role: 'assistant' }, {}])
    expect(reasons([said(text('x')), HELLO])).toEqual(['approximated messages[0]'])
  })

  test('MSG-11 an answer that comes last is continued by old models only', () => {
    const messages = [HELLO, said(text('The answer is  '))]
    expect(messagesOf(messages, OLD)).toMatchObject([{}, { content: [block('The answer is')] }])
    expect(reasons(messages, OLD)).toEqual(['approximated messages[1]', 'approximated messages[1]'])
    expect(refusalOf(() => encode({ messages }))).toBe('unsupported_parameter messages[1]')
  })

  test('MSG-11 that it is continued is told to clients who do not mean it, and to no others', () => {
    const messages = [HELLO, said(text('The answer is'))]
    const losses = (source: DialectId) => encode({ messages, source }, OLD).dropped
    expect(losses('openai-chat')).toMatchObject([{ path: 'messages[1]', action: 'approximated' }])
    expect(losses('openai-responses')).toMatchObject([{ path: 'input[1]' }])
    expect([...losses('anthropic-messages'), ...losses('gemini')]).toEqual([])
  })

  test('MSG-12 MSG-19 names and phases are named once', () => {
    const named: Message[] = [
      { ...HELLO, name: 'Ada' } as Message,
      said({ type: 'text', text: 'x', phase: 'commentary' }),
      HELLO,
    ]
    expect(reasons(named)).toEqual(['dropped messages[0].name', 'dropped messages[1].phase'])
  })

  test('MSG-13 MSG-14 blank text beside calls is left out, and its breakpoint moves', () => {
    const blank: Part = { type: 'text', text: ' \n', cache: {} }
    const messages = [HELLO, said(call('a'), blank), asked(result('a'))]
    const cache_control = { type: 'ephemeral' }
    expect(messagesOf(messages)).toMatchObject([{}, { content: [{ type: 'tool_use', cache_control }] }, {}])
  })

  test('MSG-15 an empty message goes; the last one may not be empty', () => {
    expect(messagesOf([HELLO, said(text('')), asked(text('y'))])).toEqual([
      { role: 'user', content: [block('Hello'), block('y')] },
    ])
    expect(refusalOf(() => encode({ messages: [HELLO, asked(text(' '))] }))).toBe(
      'unsupported_parameter messages[1]',
    )
  })

  test('MSG-16 a refusal of earlier is text', () => {
    expect(messagesOf([HELLO, said({ type: 'refusal', text: 'No.' }), HELLO])).toMatchObject([
      {},
      { content: [block('No.')] },
      {},
    ])
  })

  test('MSG-17 PRT-09 PRT-10 PRT-12 ERR-25 what Claude cannot take in is refused with its path', () => {
    const audio: Part = { type: 'audio', mediaType: 'audio/wav', data: '' }
    const video: Part = { type: 'video', source: { type: 'url', url: 'x' } }
    expect(refusalOf(() => encode({ messages: [asked(text('x'), audio)] }))).toBe(
      'unsupported_parameter messages[0].content[1]',
    )
    expect(refusalOf(() => encode({ source: 'gemini', messages: [system('s'), asked(video)] }))).toBe(
      'unsupported_parameter contents[0].parts[0]',
    )
    expect(refusalOf(() => encode({ messages: [HELLO, said(audio)] }))).toContain('messages[1]')
  })

  test('PRT-11 images of an answer move to the next user message', () => {
    const image: Part = { type: 'image', source: { type: 'url', url: 'x' } }
    const messages = [HELLO, said(image, text('seen')), asked(text('y'))]
    expect(messagesOf(messages)).toMatchObject([
      {},
      { content: [block('seen')] },
      { content: [{ type: 'image' }, block('y')] },
    ])
    expect(reasons(messages)).toEqual(['approximated messages[1].content[0]'])
    expect(refusalOf(() => encode({ messages: [HELLO, said(image, text('x'))] }, OLD))).toContain(
      'messages[1].content[0]',
    )
  })

  test('MSG-20 PRT-13 the order within a turn is kept', () => {
    const messages = [HELLO, said(text('a'), call('c'), text('b')), asked(result('c'))]
    expect(messagesOf(messages)).toMatchObject([
      {},
      { content: [block('a'), { type: 'tool_use' }, block('b')] },
      {},
    ])
  })
})

describe('parts', () => {
  const user = (part: Part) => (messagesOf([asked(part)]) as { content: JsonObject[] }[])[0]?.content[0]

  test('PRT-01 PRT-02 PRT-04 PRT-08 images', () => {
    const image = (source: object) => ({ type: 'image', source }) as Part
    expect(user(image({ type: 'base64', mediaType: 'image/jpg', data: 'AA==' }))).toEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' },
    })
    expect(user(image({ type: 'url', url: 'https://x' }))).toEqual({
      type: 'image',
      source: { type: 'url', url: 'https://x' },
    })
    for (const source of [
      { type: 'base64', mediaType: 'image/heic', data: '' },
      { type: 'file', dialect: 'openai-chat', id: 'f' },
    ])
      expect(refusalOf(() => user(image(source)))).toBe('unsupported_parameter messages[0].content[0]')
  })

  test('PRT-03 the detail of an image is a hint', () => {
    const image: Part = { type: 'image', source: { type: 'url', url: 'x' }, detail: 'high' }
    expect(reasons([asked(image)])).toEqual(['dropped messages[0].content[0].detail'])
  })

  test('PRT-05 PRT-06 documents', () => {
    const pdf = { type: 'base64', mediaType: 'application/pdf', data: 'AA==' } as const
    expect(
      user({ type: 'document', source: pdf, filename: 'a.pdf', context: 'c', citesSources: true }),
    ).toEqual({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
      title: 'a.pdf',
      context: 'c',
      citations: { enabled: true },
    })
    const plain = { type: 'text', media_type: 'text/plain', data: 'hi' }
    expect(user({ type: 'document', source: { type: 'text', text: 'hi' } })).toMatchObject({ source: plain })
    const encoded = { type: 'base64', mediaType: 'text/markdown', data: 'aGk=' } as const
    expect(user({ type: 'document', source: encoded })).toMatchObject({ source: plain })
    const sheet = { type: 'base64', mediaType: 'application/vnd.ms-excel', data: '' } as const
    expect(refusalOf(() => user({ type: 'document', source: sheet }))).toContain('unsupported_parameter')
  })

  test('CIT-03 CIT-06 citations are not replayed, and never on a user’s text', () => {
    const cited: Part = { type: 'text', text: 'x', citations: [{ type: 'url', url: 'u' }] }
    expect(messagesOf([asked(cited), said(cited), HELLO])).toMatchObject([
      { content: [block('x')] },
      { content: [block('x')] },
      {},
    ])
    expect(JSON.stringify(messagesOf([asked(cited), said(cited), HELLO]))).not.toContain('citations')
    expect(reasons([HELLO, said(cited), HELLO])).toEqual(['dropped messages[1].content[0]'])
  })

  const thinking = (
    origin: 'anthropic-messages' | 'gemini',
    kind: 'signature' | 'redacted' = 'signature',
  ): Part => ({
    type: 'reasoning',
    text: kind === 'redacted' ? '' : 'why',
    carrier: { origin, kind, payload: 'p' },
  })

  test('RSN-21 PAS-07 Anthropic’s own thinking goes back to its place, byte for byte', () => {
    const parts = [
      thinking('anthropic-messages'),
      text('x'),
      thinking('anthropic-messages', 'redacted'),
      call('c'),
    ]
    expect(messagesOf([HELLO, said(...parts), asked(result('c'))])).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'why', signature: 'p' },
          block('x'),
          { type: 'redacted_thinking', data: 'p' },
          { type: 'tool_use' },
        ],
      },
      {},
    ])
  })

  test('RSN-22 RSN-25 RSN-26 RSN-33 another origin’s is removed, reported once, and nothing is made up', () => {
    const parts = [thinking('gemini'), { type: 'reasoning', text: 'bare' } as const, text('x')]
    expect(messagesOf([HELLO, said(...parts), HELLO])).toMatchObject([{}, { content: [block('x')] }, {}])
    expect(reasons([HELLO, said(...parts), HELLO])).toEqual(['approximated messages[1].content[0]'])
  })

  test('TCL-18 Anthropic’s own tools go back as they came, those of others as text', () => {
    const wire = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const own: Part = { type: 'hosted', dialect: 'anthropic-messages', wire }
    const foreign: Part = { type: 'hosted', dialect: 'openai-responses', wire: { type: 'web_search_call' } }
    expect(messagesOf([HELLO, said(own, foreign), HELLO])).toMatchObject([
      {},
      { content: [wire, block('[openai-responses] {"type":"web_search_call"}')] },
      {},
    ])
    expect(reasons([HELLO, said(own, foreign), HELLO])).toEqual(['approximated messages[1].content[1]'])
  })
})

describe('calls and results', () => {
  const inputOf = (input: string) => {
    const { body } = encode({ messages: [HELLO, said(call('c', input)), asked(result('c'))] })
    return /"input":(\{.*?\}+)\}\]/.exec(JSON.stringify(body.messages))?.[1]
  }

  test.each([
    ['', '{}'],
    ['{"a":1}', '{"a":1}'],
    ['{"b":1.0,"a":12345678901234567890}', '{"b":1.0,"a":12345678901234567890}'],
    ['[1]', '{"_raw":"[1]"}'],
    ['12345678901234567890', '{"_raw":"12345678901234567890"}'],
    ['{"a":', '{"_raw":"{\\"a\\":"}'],
  ])('TCL-01 TCL-02 PAS-06 arguments %s', (input, expected) => {
    expect(inputOf(input)).toBe(expected)
    const reported = expected.includes('_raw') ? ['approximated messages[1].content[0].input'] : []
    expect(reasons([HELLO, said(call('c', input)), asked(result('c'))])).toEqual(reported)
  })

  test('TCL-03 ids are kept where they are legal, and mapped alike in call and result', () => {
    const messages = [
      HELLO,
      said(call('call_1'), call('functions.f:0')),
      asked(result('call_1'), result('functions.f:0')),
    ]
    expect(messagesOf(messages)).toMatchObject([
      {},
      { content: [{ id: 'call_1' }, { id: 'functions_f_0_d6bdd4de328a' }] },
      { content: [{ tool_use_id: 'call_1' }, { tool_use_id: 'functions_f_0_d6bdd4de328a' }] },
    ])
  })

  const resultBlock = (changes: object) => {
    const part = { ...result('c'), ...changes } as Part
    return (messagesOf([HELLO, said(call('c')), asked(part)]) as { content: JsonObject[] }[])[2]?.content[0]
  }

  test('TCL-10 TCL-13 TCL-14 results: text, none, an error, an object', () => {
    const base = { type: 'tool_result', tool_use_id: 'c' }
    expect(resultBlock({})).toEqual({ ...base, content: 'r' })
    expect(resultBlock({ content: [] })).toEqual(base)
    expect(resultBlock({ content: [{ type: 'text', text: '' }] })).toEqual(base)
    expect(resultBlock({ isError: true })).toEqual({ ...base, content: 'r', is_error: true })
    expect(resultBlock({ content: [], json: { a: 1 } })).toEqual({ ...base, content: '{"a":1}' })
  })

  test('TCL-11 TCL-12 results hold images and documents', () => {
    const content = [
      { type: 'text', text: 'see' },
      { type: 'image', source: { type: 'url', url: 'x' } },
      { type: 'document', source: { type: 'url', url: 'y' } },
    ]
    expect(resultBlock({ content })).toMatchObject({
      content: [block('see'), { type: 'image' }, { type: 'document' }],
    })
  })

  test('TCL-17 TLD-12 calls of free-text tools have one string', () => {
    const custom: Part = { type: 'tool-call', callId: 'c', name: 'f', input: 'free "text"', kind: 'custom' }
    expect(messagesOf([HELLO, said(custom), asked(result('c'))])).toMatchObject([
      {},
      { content: [{ input: { input: 'free "text"' } }] },
      {},
    ])
  })

  test('TLD-13 calls in a namespace have its name before theirs', () => {
    const spaced: Part = {
      type: 'tool-call',
      callId: 'c',
      name: 'f',
      namespace: 'ns',
      input: '{}',
      kind: 'function',
    }
    expect(messagesOf([HELLO, said(spaced), asked(result('c'))])).toMatchObject([
      {},
      { content: [{ name: 'ns__f' }] },
      {},
    ])
  })
})

test('CCH-03 CCH-05 breakpoints of other formats, with the nearest lifetime', () => {
  const cached: Part = { type: 'text', text: 'x', cache: { lifetime: 'short' } }
  const { body, dropped } = encode({ messages: [asked(cached)] })
  expect(body.messages).toMatchObject([{ content: [{ cache_control: { type: 'ephemeral', ttl: '5m' } }] }])
  expect(dropped).toMatchObject([{ path: 'messages[0].content[0].cache_control', action: 'approximated' }])
})

test('CCH-02 CCH-03 an hour’s breakpoint behind one of five minutes would be refused, so it lives as long as that', () => {
  const cached = (lifetime: 'short' | 'long'): Part => ({ type: 'text', text: lifetime, cache: { lifetime } })
  const long = cached('long')
  const { body, dropped } = encode({ messages: [asked(cached('long'), cached('short'), long)] })
  expect(body.messages).toMatchObject([
    { content: ['1h', '5m', '5m'].map((ttl) => ({ cache_control: { ttl } })) },
  ])
  expect(dropped).toContainEqual({
    path: 'messages[0].content[2].cache_control',
    action: 'approximated',
    reason: 'a breakpoint may not live longer than one before it',
  })
})

test('CCH-04 a fifth breakpoint is left out and named; so is one for a model that takes none', () => {
  const cached: Part = { type: 'text', text: 'x', cache: {} }
  const fifth: Part = { ...cached, cache: {} }
  const { body, dropped } = encode({ messages: [asked(cached, cached, cached, cached, fifth)] })
  expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4)
  expect(dropped).toMatchObject([{ path: 'messages[0].content[4].cache_control', action: 'dropped' }])
  const plain = encode({ messages: [asked(cached)] }, { ...MODERN, cacheBreakpoints: false })
  expect(JSON.stringify(plain.body)).not.toContain('cache_control')
  expect(plain.dropped).toHaveLength(1)
})

test('AGT-01 the billing header goes back to Anthropic and nowhere else', () => {
  const system = [
    { type: 'text', text: 'x-anthropic-billing-header: v1' },
    { type: 'text', text: 'A' },
  ]
  const { body, dropped } = encode({ ...decode({ system }) })
  expect(body.system).toEqual(system)
  expect(dropped).toEqual([])
})
