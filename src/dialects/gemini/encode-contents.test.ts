import { describe, expect, test } from 'vitest'
import { chatRequest, GEMINI_2_5, GEMINI_3 } from '../../../test/support/dialects/gemini.ts'
import { placed } from '../../../test/support/placed.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Carrier, Part, ToolCallPart, ToolResultPart } from '../../ir/part.ts'
import type { ChatRequest, Message } from '../../ir/request.ts'
import { encodeRequest } from './encode-request.ts'

const encode = (messages: readonly Message[], more: Partial<ChatRequest> = {}, target = GEMINI_3) =>
  encodeRequest(placed(chatRequest({ messages, ...more })), target)
const contents = (messages: readonly Message[], more: Partial<ChatRequest> = {}, target = GEMINI_3) =>
  encode(messages, more, target).body.contents as readonly { role: string; parts: readonly JsonObject[] }[]
const text = (value: string, more: object = {}): Part => ({ type: 'text', text: value, ...more })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const system = (value: string): Message => ({ role: 'system', parts: [{ type: 'text', text: value }] })
const call = (callId: string, name = 'f', more: Partial<ToolCallPart> = {}): Part => ({
  type: 'tool-call',
  callId,
  name,
  input: '{}',
  kind: 'function',
  ...more,
})
const result = (callId: string, value = 'ok', more: Partial<ToolResultPart> = {}): Part => ({
  type: 'tool-result',
  callId,
  content: value === '' ? [] : [{ type: 'text', text: value }],
  isError: false,
  kind: 'function',
  ...more,
})
const own: Carrier = { origin: 'gemini', kind: 'thought-signature', payload: 'c2ln' }
const foreign: Carrier = { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' }
const SENTINEL = 'skip_thought_signature_validator'
const refusal = (messages: readonly Message[], more: Partial<ChatRequest> = {}) => {
  try {
    encode(messages, more)
  } catch (error) {
    return error
  }
  return undefined
}
/** A turn of calls and its results, after a question. */
const step = (...parts: Part[]): Message[] => [
  user(text('q')),
  assistant(...parts),
  user(...parts.flatMap((part) => (part.type === 'tool-call' ? [result(part.callId)] : []))),
]

describe('messages', () => {
  test('MSG-01 MSG-02 MSG-03 TOP-28 what leads is the system instruction, part by part', () => {
    const { body, dropped } = encode([system('a'), system('b'), user(text('q'))])
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'a' }, { text: 'b' }] })
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'q' }] }])
    expect(dropped).toEqual([])
  })

  test('MSG-03 MSG-07 MSG-09 instructions amid the conversation are marked and stand alone', () => {
    const { body, dropped } = encode([user(text('q')), system('now'), user(text('r'))])
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'q' }] },
      { role: 'user', parts: [{ text: '[System instruction]\nnow' }] },
      { role: 'user', parts: [{ text: 'r' }] },
    ])
    expect(dropped).toMatchObject([{ path: 'messages[1]', action: 'approximated' }])
  })

  test('MSG-09 neighbours of one role are one content', () => {
    expect(
      contents([
        user(text('a')),
        user(text('b')),
        assistant(text('c')),
        assistant(text('d')),
        user(text('e')),
      ]),
    ).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }, { text: 'd' }] },
      { role: 'user', parts: [{ text: 'e' }] },
    ])
  })

  test('MSG-10 the user begins, and it is said so', () => {
    const { body, dropped } = encode([assistant(text('a')), user(text('b'))])
    expect(body.contents).toMatchObject([{ role: 'user' }, { role: 'model' }, { role: 'user' }])
    expect(dropped).toMatchObject([{ path: 'messages[0]', action: 'approximated' }])
  })

  test('MSG-12 MSG-19 names and phases of speakers are reported', () => {
    const { dropped } = encode([
      { role: 'user', name: 'ada', parts: [text('q')] },
      assistant({ type: 'text', text: 'a', phase: 'commentary' }),
      user(text('r')),
    ])
    expect(dropped.map(({ path }) => path)).toEqual(['messages[0].name', 'messages[1].phase'])
  })

  test('MSG-13 MSG-14 empty text beside calls is left out', () => {
    expect(contents(step(text(''), call('1')), {}, GEMINI_2_5)[1]?.parts).toEqual([
      { functionCall: { id: '1', name: 'f', args: {} } },
    ])
  })

  test('MSG-15 empty messages go, unless they are the one to answer', () => {
    expect(contents([user(text('a')), assistant(text('')), user(text('b'))])).toHaveLength(2)
    expect(refusal([user(text(''))])).toMatchObject({ code: 'unsupported_parameter', path: 'messages[0]' })
    expect(refusal([])).toMatchObject({ path: 'messages' })
  })

  test('MSG-16 a refusal in history is text', () => {
    const { body, dropped } = encode([
      user(text('q')),
      assistant({ type: 'refusal', text: 'no' }),
      user(text('r')),
    ])
    expect(body.contents).toMatchObject([{}, { parts: [{ text: 'no' }] }, {}])
    expect(dropped).toMatchObject([{ path: 'messages[1].content[0]', action: 'approximated' }])
  })

  test('instructions alone are the question', () => {
    const { body, dropped } = encode([system('do it')])
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'do it' }] }])
    expect(dropped).toHaveLength(1)
  })

  test('CCH-07 AGT-02 the same request makes the same bytes', () => {
    const messages = [system('s'), ...step(call('1'), call('2')), user(text('q'))]
    expect(JSON.stringify(encode(messages))).toBe(JSON.stringify(encode(structuredClone(messages))))
  })

  test('ERR-25 paths are in the client’s spelling', () => {
    const image: Part = { type: 'image', source: { type: 'url', url: 'https://example.org/x.png' } }
    const messages = [system('s'), user(text('q'), image)]
    expect(refusal(messages)).toMatchObject({ path: 'messages[1].content[1]' })
    expect(refusal(messages, { source: 'anthropic-messages' })).toMatchObject({
      path: 'messages[0].content[1]',
    })
    expect(refusal(messages, { source: 'openai-responses' })).toMatchObject({ path: 'input[1].content[1]' })
  })
})

describe('parts', () => {
  const parts = (...list: Part[]) => contents([user(...list)])[0]?.parts
  const base64 = (mediaType: string) => ({ type: 'base64', mediaType, data: 'AAAA' }) as const

  test('PRT-01 PRT-04 PRT-05 PRT-09 PRT-13 media in order, with honest media types', () => {
    const wav: Part = { type: 'audio', mediaType: 'audio/wav', data: 'AAAA' }
    expect(
      parts(
        { type: 'image', source: base64('image/jpg') },
        text('x'),
        { type: 'document', source: base64('application/pdf') },
        wav,
      ),
    ).toEqual([
      { inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } },
      { text: 'x' },
      { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } },
      { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
    ])
  })

  test('PRT-02 PRT-05 PRT-08 what Gemini cannot reach is refused', () => {
    const url = { type: 'url', url: 'https://example.org/a' } as const
    const file = { type: 'file', dialect: 'openai-responses', id: 'file-1' } as const
    for (const source of [url, file])
      for (const type of ['image', 'document'] as const)
        expect(refusal([user({ type, source })])).toMatchObject({
          code: 'unsupported_parameter',
          path: 'messages[0].content[0]',
        })
    const own = contents([user({ type: 'video', source: { type: 'url', url: 'https://youtu.be/x' } })], {
      source: 'gemini',
    })
    expect(own[0]?.parts).toEqual([{ fileData: { fileUri: 'https://youtu.be/x' } }])
  })

  test('PRT-03 detail is a resolution where the model knows one', () => {
    const image: Part = { type: 'image', source: base64('image/png'), detail: 'low' }
    expect(parts(image)).toMatchObject([{ mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } }])
    const older = encode([user(image)], {}, GEMINI_2_5)
    expect(JSON.stringify(older.body)).not.toContain('mediaResolution')
    expect(older.dropped).toMatchObject([{ action: 'dropped' }])
  })

  test('PRT-05 PRT-06 PRT-07 documents: text as data, context before them, names reported', () => {
    const { body, dropped } = encode([
      user({
        type: 'document',
        source: { type: 'text', text: 'grün' },
        filename: 'a.txt',
        context: 'about',
        citesSources: true,
      }),
    ])
    const data = Buffer.from('grün').toString('base64')
    expect(body.contents).toMatchObject([
      { parts: [{ text: 'about' }, { inlineData: { mimeType: 'text/plain', data } }] },
    ])
    expect(dropped.map(({ action }) => action)).toEqual(['dropped', 'dropped', 'approximated'])
  })

  test('PRT-11 images in the model’s own turn stay there', () => {
    expect(
      contents([
        user(text('q')),
        assistant({ type: 'image', source: base64('image/png') }),
        user(text('r')),
      ])[1],
    ).toMatchObject({
      role: 'model',
      parts: [{ inlineData: {} }],
    })
  })

  test('TCL-18 CIT-06 another provider’s tool use becomes text, citations go', () => {
    const hosted: Part = { type: 'hosted', dialect: 'anthropic-messages', wire: { type: 'server_tool_use' } }
    const cited = text('x', { citations: [{ type: 'url', url: 'https://example.org' }] })
    const { body, dropped } = encode([user(text('q')), assistant(hosted, cited), user(text('r'))])
    expect(body.contents).toMatchObject([
      {},
      { parts: [{ text: '{"type":"server_tool_use"}' }, { text: 'x' }] },
      {},
    ])
    expect(dropped).toHaveLength(2)
  })
})

describe('calls and results', () => {
  test('TCL-07 TCL-08 TCL-09 TCL-15 one content of calls, one of as many results in their order, then the rest', () => {
    const turns = contents([
      user(text('q')),
      assistant(call('1'), call('2', 'g')),
      user(result('2'), text('and')),
      user(result('1')),
    ])
    expect(turns).toHaveLength(3)
    expect(turns[2]?.parts).toEqual([
      { functionResponse: { id: '1', name: 'f', response: { output: 'ok' } } },
      { functionResponse: { id: '2', name: 'g', response: { output: 'ok' } } },
      { text: 'and' },
    ])
  })

  test('TCL-01 TCL-02 arguments: exact numbers and order, nothing for nothing, wrapped where they are no object', () => {
    const { body, dropped } = encode(
      step(
        call('1', 'f', { input: '{"z":12345678901234567890,"a":1.0}' }),
        call('2', 'f', { input: '' }),
        call('3', 'f', { input: '[1' }),
        call('4', 'f', { input: '"x"' }),
      ),
    )
    const wire = JSON.stringify(body)
    expect(wire).toContain('{"z":12345678901234567890,"a":1.0}')
    expect(wire).toContain('"id":"2","name":"f","args":{}')
    expect(wire).toContain('"args":{"_raw":"[1"}')
    expect(wire).toContain('"args":{"_raw":"\\"x\\""}')
    expect(dropped.filter(({ reason }) => reason.includes('_raw'))).toHaveLength(1)
  })

  test('TCL-10 TCL-13 TCL-14 results', () => {
    const responses = (...results: Part[]) =>
      contents([user(text('q')), assistant(call('1')), user(...results)])[2]?.parts.map(
        ({ functionResponse }) => (functionResponse as JsonObject).response,
      )
    expect(responses(result('1', ''))).toEqual([{ output: '' }])
    expect(responses(result('1', 'no', { isError: true }))).toEqual([{ error: 'no' }])
    expect(responses(result('1', '{"a":1}'))).toEqual([{ output: '{"a":1}' }])
    expect(responses(result('1', '{"a":1}', { json: { a: 1 } }))).toEqual([{ a: 1 }])
  })

  test('TCL-11 TCL-12 media in a result: inside it, or behind it on older models', () => {
    const image = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA' } } as const
    const messages = [
      user(text('q')),
      assistant(call('1')),
      user(result('1', 'x', { content: [{ type: 'text', text: 'x' }, image] })),
    ]
    const inlineData = { mimeType: 'image/png', data: 'AA' }
    expect(contents(messages)[2]?.parts).toEqual([
      { functionResponse: { id: '1', name: 'f', response: { output: 'x' }, parts: [{ inlineData }] } },
    ])
    const older = encode(messages, {}, GEMINI_2_5)
    expect(older.body.contents).toMatchObject([
      {},
      {},
      { parts: [{ functionResponse: {} }, { text: expect.stringContaining('1') }, { inlineData }] },
    ])
    expect(older.dropped).toMatchObject([
      { path: 'messages[2].content[0].content[1]', action: 'approximated' },
    ])
  })

  test('TCL-12 a text document in a result becomes part of its text, and says so', () => {
    const plain = {
      type: 'document',
      filename: 'T',
      context: 'https://a.example',
      source: { type: 'text', text: 'body' },
    } as const
    const { body, dropped } = encode([
      user(text('q')),
      assistant(call('1')),
      user(result('1', '', { content: [plain, { type: 'text', text: 'x' }] })),
    ])
    expect(body.contents).toMatchObject([
      {},
      {},
      { parts: [{ functionResponse: { response: { output: 'https://a.example\nbody\nx' } } }] },
    ])
    expect(dropped.filter(({ isHarmless }) => isHarmless !== true)).toMatchObject([
      { path: 'messages[2].content[0].content[0].filename', action: 'dropped' },
      { path: 'messages[2].content[0].content[0]', action: 'approximated' },
    ])
  })

  test('TCL-16 MSG-22 a result without a call in history needs a name', () => {
    expect(refusal([user(text('q')), user(result('1'))])).toMatchObject({ code: 'unsupported_parameter' })
    expect(contents([user(text('q')), user(result('1', 'x', { name: 'f' }))])[0]?.parts[0]).toMatchObject({
      functionResponse: { name: 'f' },
    })
  })

  test('TCL-17 TLD-12 TLD-13 calls of wrapped and grouped tools', () => {
    const messages = step(
      call('1', 'patch', { kind: 'custom', input: 'free "text"' }),
      call('2', 'now', { namespace: 'clock' }),
    )
    expect(contents(messages)[1]?.parts).toMatchObject([
      { functionCall: { name: 'patch', args: { input: 'free "text"' } } },
      { functionCall: { name: 'clock__now' } },
    ])
    expect(contents(messages)[2]?.parts).toMatchObject([{}, { functionResponse: { name: 'clock__now' } }])
  })
})

describe('reasoning', () => {
  const model = (messages: readonly Message[], target = GEMINI_3) => contents(messages, {}, target)[1]?.parts
  const thought = (value: string, carrier?: Carrier): Part => ({
    type: 'reasoning',
    text: value,
    ...(carrier && { carrier }),
  })

  test('RSN-21 RSN-30 RSN-31 own signatures go back to where they were', () => {
    const parts = model(
      step(
        thought('hm'),
        text('so', { carrier: own }),
        text('', { carrier: own }),
        call('1', 'f', { carrier: own }),
        call('2'),
      ),
    )
    expect(parts).toMatchObject([
      { text: 'so', thoughtSignature: 'c2ln' },
      { text: '', thoughtSignature: 'c2ln' },
      { functionCall: { id: '1' }, thoughtSignature: 'c2ln' },
      { functionCall: { id: '2' } },
    ])
    expect(parts?.[3]).not.toHaveProperty('thoughtSignature')
  })

  test('RSN-21 RSN-30 a signature that a client kept beside the call goes back onto it', () => {
    for (const parts of [
      [thought('', own), call('1'), call('2')],
      [call('1'), thought('', own), call('2')],
      [thought('', own), text('so'), call('1')],
    ])
      expect(model(step(...parts))?.find(({ functionCall }) => functionCall)).toMatchObject({
        thoughtSignature: 'c2ln',
      })
    expect(model(step(thought('hm', own), call('1')))).toMatchObject([
      { text: 'hm', thought: true },
      { thoughtSignature: 'c2ln' },
    ])
    expect(model(step(thought('hm', own), call('1')), GEMINI_2_5)?.[0]).toEqual({
      text: 'hm',
      thought: true,
      thoughtSignature: 'c2ln',
    })
    expect(model([user(text('q')), assistant(text('a'), thought('', own)), user(text('r'))])).toEqual([
      { text: 'a' },
      { text: '', thoughtSignature: 'c2ln' },
    ])
  })

  test('RSN-22 RSN-26 RSN-33 reasoning of others is removed, calls of others are exempted', () => {
    const { body, dropped } = encode(
      step(thought('hm', foreign), thought('hm'), call('1', 'f', { carrier: foreign }), call('2')),
    )
    expect(body.contents).toMatchObject([{}, { parts: [{ thoughtSignature: SENTINEL }, {}] }, {}])
    expect(JSON.stringify(body)).not.toContain('hm')
    expect(dropped.map(({ action }) => action)).toEqual(['approximated', 'approximated'])
  })

  test('TCL-21 each step is signed once, on its first call', () => {
    const messages = [...step(call('1'), call('2')), ...step(call('3')).slice(1)]
    const turns = contents(messages)
    expect(turns.map(({ parts }) => parts.map((part) => part.thoughtSignature))).toEqual([
      [undefined],
      [SENTINEL, undefined],
      [undefined, undefined],
      [SENTINEL],
      [undefined],
    ])
  })

  test('RSN-22 models that want no signatures get none', () => {
    const { body, dropped } = encode(step(call('1')), {}, GEMINI_2_5)
    expect(JSON.stringify(body)).not.toContain('thoughtSignature')
    expect(dropped).toEqual([])
  })
})
