import { describe, expect, test } from 'vitest'
import { encode, messagesOf, PLAIN } from '../../../test/support/dialects/openai-chat-base.ts'
import {
  answered,
  call,
  HI,
  image,
  paths,
  refused,
  result,
  said,
  text,
} from '../../../test/support/dialects/openai-chat-pieces.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'

describe('messages', () => {
  const system = (...parts: { type: 'text'; text: string }[]): Message => ({ role: 'system', parts })

  test('MSG-01 MSG-05 system text: a list for OpenAI, one text for others', () => {
    const messages = [system(text('A'), text('B')), HI]
    expect(messagesOf(encode({ messages }))[0]).toEqual({ role: 'system', content: [text('A'), text('B')] })
    expect(messagesOf(encode({ messages }, PLAIN))[0]).toEqual({ role: 'system', content: 'A\n\nB' })
  })

  test('MSG-04 developer messages where the server knows them', () => {
    const messages: Message[] = [{ role: 'system', parts: [text('A')], authority: 'developer' }, HI]
    expect(messagesOf(encode({ messages }))[0]).toMatchObject({ role: 'developer' })
    const plain = encode({ messages }, PLAIN)
    expect(messagesOf(plain)[0]).toMatchObject({ role: 'system' })
    expect(paths(plain.dropped)).toEqual([['system', 'approximated']])
  })

  test('MSG-06 MSG-07 later system messages stay where they are', () => {
    const messages = [HI, system(text('late')), HI]
    expect(messagesOf(encode({ messages })).map(({ role }) => role)).toEqual(['user', 'system', 'user'])
    const older = encode({ messages }, { ...PLAIN, midSystem: false })
    expect(messagesOf(older)[1]).toEqual({ role: 'user', content: '[System instruction]\nlate' })
    expect(paths(older.dropped)).toEqual([['messages[1]', 'approximated']])
  })

  test('AGT-02 a system message is the same bytes as a list and as a text', () => {
    const list = { ...text('A'), cache: { lifetime: 'short' } } as const
    const asList = encode({ messages: [HI, system(list)] }, PLAIN)
    expect(JSON.stringify(asList.body)).toBe(
      JSON.stringify(encode({ messages: [HI, system(text('A'))] }, PLAIN).body),
    )
  })

  test('MSG-09 neighbours of one role are left alone', () => {
    expect(messagesOf(encode({ messages: [HI, HI] }))).toHaveLength(2)
  })

  test('MSG-11 an answer that Anthropic would continue is history here', () => {
    expect(paths(encode({ messages: [HI, answered(text('{'))] }).dropped)).toEqual([
      ['messages[1]', 'approximated'],
    ])
    expect(encode({ messages: [HI, answered(text('{'))], source: 'openai-responses' }).dropped).toEqual([])
    expect(encode({ messages: [HI, answered(text('{'))], source: 'gemini' }).dropped).toHaveLength(1)
  })

  test('MSG-12 MSG-16 MSG-19 names, refusals, phases', () => {
    const message: Message = {
      role: 'assistant',
      name: 'n',
      parts: [{ type: 'refusal', text: 'No.', phase: 'commentary' }],
    }
    const { body, dropped } = encode({ messages: [HI, message, HI], source: 'openai-responses' })
    expect(body.messages).toMatchObject([
      {},
      { role: 'assistant', content: null, refusal: 'No.', name: 'n' },
      {},
    ])
    expect(paths(dropped)).toEqual([['input[1].phase', 'dropped']])
  })

  test('MSG-13 MSG-14 MSG-15 nothing is made of nothing', () => {
    const turn = answered({ type: 'text', text: '' }, call('c', 'one', ''))
    expect(messagesOf(encode({ messages: [HI, turn, said(result('c'))] })).slice(1)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'one', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '' },
    ])
  })

  test('TCL-07 TCL-09 TCL-10 TCL-15 results first, each in its own message, then what the user said', () => {
    const calls = answered(text('Hm.'), call('a'), call('b'))
    const results = said(result('b', text('2')), result('a', text('1'), text('more')), text('Go on'))
    expect(messagesOf(encode({ messages: [HI, calls, results] })).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'tool', tool_call_id: 'a', content: [text('1'), text('more')] },
      { role: 'user', content: 'Go on' },
    ])
  })

  test('TCL-10 TCL-13 results that are JSON, and those that failed', () => {
    const json = { ...result('a'), json: { x: 1 } }
    const failed = { ...result('b', text('no such city')), isError: true }
    const { body, dropped } = encode({ messages: [answered(call('a'), call('b')), said(json, failed)] })
    expect(body.messages).toMatchObject([{}, { content: '{"x":1}' }, { content: '{"error":"no such city"}' }])
    expect(paths(dropped)).toEqual([['messages[1].content[1].is_error', 'approximated']])
  })

  test('TCL-12 what is said about a text document in a result is lost, and reported', () => {
    const plain = { type: 'document', context: 'c', source: { type: 'text', text: 'body' } } as const
    const { body, dropped } = encode({ messages: [answered(call('a')), said(result('a', plain))] })
    expect(body.messages).toMatchObject([{}, { role: 'tool', content: 'body' }])
    expect(paths(dropped)).toEqual([
      ['messages[1].content[0].content[0]', 'approximated'],
      ['messages[1].content[0].content[0].context', 'dropped'],
    ])
  })

  test('TCL-11 TCL-12 pictures and files of a result follow in a user message', () => {
    const pdf = {
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' },
    } as const
    const messages = [answered(call('a')), said(result('a', text('see'), image, pdf), text('And?'))]
    const { body, dropped } = encode({ messages })
    expect(body.messages).toMatchObject([
      {},
      { role: 'tool', content: 'see' },
      {
        role: 'user',
        content: [
          { text: 'Returned by the tool call a:' },
          { type: 'image_url' },
          { type: 'file' },
          { text: 'And?' },
        ],
      },
    ])
    expect(paths(dropped)).toEqual([['messages[1].content[0].content[1]', 'approximated']])
  })

  test("TCL-18 what a provider's own tool did is left out, once", () => {
    const hosted = { type: 'hosted', dialect: 'anthropic-messages', wire: {} } as const
    const { body, dropped } = encode({
      messages: [HI, answered(hosted, text('A')), answered(hosted, text('B')), HI],
    })
    expect(JSON.stringify(body)).not.toContain('hosted')
    expect(paths(dropped)).toEqual([['messages[1].content[0]', 'dropped']])
  })

  test('TCL-01 TCL-02 TCL-03 arguments and ids byte for byte', () => {
    const input = '{ "n": 12345678901234567890, "x": 1.0 }'
    const { body } = encode({
      messages: [answered(call('toolu_01A', 'one', input)), said(result('toolu_01A'))],
    })
    expect(body.messages).toMatchObject([
      { tool_calls: [{ id: 'toolu_01A', function: { arguments: input } }] },
      {},
    ])
  })

  test.each([`toolu_${'x'.repeat(35)}`, 'call:1'])(
    'TCL-03 the id %s, which OpenAI refuses, is replaced',
    (id) => {
      const png = { type: 'base64', mediaType: 'image/png', data: 'AA==' } as const
      const drawn: Part = {
        type: 'tool-result',
        callId: id,
        content: [{ type: 'image', source: png }],
        isError: false,
        kind: 'function',
      }
      const messages = [answered(call(id)), said(drawn)]
      const [asked, answer, shown] = encode({ messages }).body.messages as JsonObject[]
      const { tool_call_id } = answer as { tool_call_id: string }
      expect(tool_call_id).toMatch(/^call_[0-9a-f]{24}$/)
      expect(asked).toMatchObject({ tool_calls: [{ id: tool_call_id }] })
      expect(JSON.stringify(shown)).toContain(`call ${tool_call_id}:`)
      // other servers may keep something in it
      expect(encode({ messages }, PLAIN).body.messages).toMatchObject([
        { tool_calls: [{ id }] },
        { tool_call_id: id },
        {},
      ])
    },
  )
})

describe('parts', () => {
  const parts = (...list: Part[]) => encode({ messages: [said(...list)] })

  test('PRT-01 PRT-02 PRT-03 images', () => {
    const linked = {
      type: 'image',
      source: { type: 'url', url: 'https://x.test/a.png' },
      detail: 'high',
    } as const
    expect(parts(image, linked).body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'high' } },
        ],
      },
    ])
  })

  test('CIT-01 CIT-02 sources of what was said before have no place, and are reported', () => {
    const cited: Part = { type: 'text', text: 'B', citations: [{ type: 'url', url: 'https://x.test' }] }
    const { body, dropped } = encode({ messages: [HI, answered(text('A'), cited), HI] })
    expect(JSON.stringify(body)).not.toContain('x.test')
    expect(dropped).toMatchObject([{ action: 'dropped', reason: expect.stringContaining('sources') }])
  })

  test('PRT-05 PRT-06 PRT-07 CIT-05 documents: files as files, texts as text', () => {
    const { body, dropped } = parts(
      {
        type: 'document',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' },
        filename: 'a.pdf',
        context: 'c',
        citesSources: true,
      },
      { type: 'document', source: { type: 'text', text: 'words' } },
      { type: 'document', source: { type: 'base64', mediaType: 'text/plain', data: 'aGk=' } },
    )
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
          text('words'),
          text('hi'),
        ],
      },
    ])
    expect(dropped.map(({ action }) => action)).toEqual(['dropped', 'dropped', 'approximated'])
  })

  test.each<[string, Part]>([
    [
      'PRT-05 a URL of a document',
      { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
    ],
    [
      "PRT-08 another provider's file",
      { type: 'document', source: { type: 'file', dialect: 'gemini', id: 'f' } },
    ],
    [
      "PRT-08 another provider's image",
      { type: 'image', source: { type: 'file', dialect: 'gemini', id: 'f' } },
    ],
    ['PRT-09 audio of another kind', { type: 'audio', mediaType: 'audio/ogg', data: 'QUJD' }],
    ['PRT-10 a video', { type: 'video', source: { type: 'url', url: 'https://x.test/a.mp4' } }],
  ])('%s is refused', (_name, part) => {
    expect(() => parts(part)).toThrow(refused('messages[0].content[0]'))
  })

  test('PRT-09 audio that Chat takes', () => {
    expect(parts({ type: 'audio', mediaType: 'audio/mpeg', data: 'QUJD' }).body.messages).toMatchObject([
      { content: [{ type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } }] },
    ])
  })

  test('PRT-11 an image of the model moves to the next user message, behind the results', () => {
    const messages = [HI, answered(image, call('a')), said(result('a'), text('And?'))]
    const { body, dropped } = encode({ messages, source: 'gemini' })
    expect(body.messages).toMatchObject([
      {},
      { tool_calls: [{}] },
      { role: 'tool' },
      { role: 'user', content: [{ type: 'image_url' }, {}] },
    ])
    expect(paths(dropped)).toEqual([['contents[1].parts[0]', 'approximated']])
    expect(() => encode({ messages: [HI, answered(image)] })).toThrow(refused('messages[1].content[0]'))
  })
})
