import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { wrapCarrier } from '../carrier.ts'
import { decodeRequest } from './decode-request.ts'

const decode = (body: JsonObject): ChatRequest => decodeRequest(body, { model: 'gemini-3-pro', headers: {} })
const ask = (more: JsonObject = {}) =>
  decode({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...more })
const history = (...contents: JsonObject[]) => decode({ contents })
const refused = (body: JsonObject) => {
  try {
    decode(body)
  } catch (error) {
    return error
  }
  return undefined
}
const call = (name: string, more: JsonObject = {}) => ({ functionCall: { name, args: {}, ...more } })
const result = (name: string, more: JsonObject = {}) => ({
  functionResponse: { name, response: { output: name }, ...more },
})

describe('the request as a whole', () => {
  test('HDR-13 TOP-01 TOP-18 model and streaming come from the URL', () => {
    const request = decodeRequest(
      { contents: [{ parts: [{ text: 'x' }] }] },
      { model: 'models/m', isStreaming: true, headers: {} },
    )
    expect(request).toMatchObject({ source: 'gemini', model: 'm', isStreaming: true })
    expect(() => decodeRequest({ contents: [{ parts: [] }] }, { headers: {} })).toThrow(
      expect.objectContaining({ path: 'model' }),
    )
  })

  test('camelCase and snake_case say the same', () => {
    const camel = ask({
      systemInstruction: { parts: [{ text: 'S' }] },
      generationConfig: {
        maxOutputTokens: 5,
        topP: 0.5,
        thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' },
      },
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
    })
    const snake = ask({
      system_instruction: { parts: [{ text: 'S' }] },
      generation_config: {
        max_output_tokens: '5',
        top_p: 0.5,
        thinking_config: { include_thoughts: true, thinking_level: 'low' },
      },
      tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object' } }] }],
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
    })
    expect(snake).toEqual(camel)
  })

  test('TOP-02 TOP-05 TOP-06 TOP-07 TOP-08 TOP-09 TOP-10 TOP-11 sampling and limits', () => {
    const generationConfig = {
      temperature: 0,
      topP: 0.9,
      topK: 40,
      seed: 0,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      candidateCount: 2,
      maxOutputTokens: 100,
      stopSequences: ['a', 'b'],
    }
    const { candidateCount, maxOutputTokens, stopSequences, ...sampling } = generationConfig
    const request = ask({ generationConfig })
    expect(request).toMatchObject({
      maxOutputTokens,
      stopSequences,
      sampling: { ...sampling, choices: candidateCount },
    })
    expect(request.extras).toEqual([])
  })

  test('TOP-13 logprobs count alternatives, and none without the switch', () => {
    expect(ask({ generationConfig: { responseLogprobs: true } }).sampling.logprobs).toBe(0)
    expect(ask({ generationConfig: { responseLogprobs: true, logprobs: 3 } }).sampling.logprobs).toBe(3)
    expect(ask({ generationConfig: { logprobs: 3 } }).sampling.logprobs).toBeUndefined()
  })

  test('TOP-14 TOP-16 TOP-17 labels, tier and store', () => {
    expect(ask({ labels: { team: 'a' }, serviceTier: 'standard', store: false })).toMatchObject({
      metadata: { team: 'a' },
      serviceTier: 'default',
      isStored: false,
    })
  })

  test('TOP-31 CCH-06 what only Gemini has is a contract where it changes the answer', () => {
    const { extras } = ask({
      cachedContent: 'cachedContents/x',
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_LOW_AND_ABOVE' }],
      generationConfig: {
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        speechConfig: {},
        responseModalities: ['IMAGE'],
      },
    })
    expect(extras.map(({ path, weight }) => [path, weight])).toEqual([
      ['cachedContent', 'contract'],
      ['safetySettings', 'contract'],
      ['generationConfig.mediaResolution', 'hint'],
      ['generationConfig.speechConfig', 'contract'],
      ['generationConfig.responseModalities', 'contract'],
    ])
  })

  test('TOP-31 TOP-23 settings that ask for nothing are no contract', () => {
    const off = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]
    const { extras } = ask({ safetySettings: off, generationConfig: { responseModalities: ['TEXT'] } })
    expect(extras).toMatchObject([{ path: 'safetySettings', weight: 'hint' }])
  })

  test('TOP-32 TOP-33 unknown fields are hints, nulls are absent', () => {
    const { extras } = ask({
      myField: 1,
      cachedContent: null,
      generation_config: { temperature: null, odd_one: 2 },
    })
    expect(extras).toEqual([
      { dialect: 'gemini', path: 'myField', value: 1, weight: 'hint' },
      { dialect: 'gemini', path: 'generation_config.odd_one', value: 2, weight: 'hint' },
    ])
  })

  test.each([
    { maxOutputTokens: 0 },
    { maxOutputTokens: -1 },
    { max_output_tokens: 1.5 },
    { candidateCount: 0 },
  ])('TOP-34 %j counts nothing', (generationConfig) => {
    const [name] = Object.keys(generationConfig)
    expect(() => ask({ generationConfig })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: `generationConfig.${name}` }),
    )
  })

  test('TOP-34 wrong types are refused with their path as the client spelled it', () => {
    const contents = [{ parts: [{ text: 'x' }] }]
    expect(refused({})).toMatchObject({ code: 'invalid_request', path: 'contents' })
    expect(refused({ contents: [] })).toMatchObject({ path: 'contents' })
    expect(refused({ contents: [{ role: 'system', parts: [] }] })).toMatchObject({ path: 'contents[0].role' })
    expect(refused({ contents: [{ parts: [{}] }] })).toMatchObject({ path: 'contents[0].parts[0]' })
    expect(refused({ contents, generation_config: { top_k: 'x' } })).toMatchObject({
      path: 'generation_config.top_k',
    })
    expect(refused({ contents, tools: [{ functionDeclarations: [{}] }] })).toMatchObject({
      path: 'tools[0].functionDeclarations[0].name',
    })
  })
})

describe('messages', () => {
  test('MSG-03 PRT-12 instructions are system text, one part each, and text only', () => {
    expect(ask({ systemInstruction: { parts: [{ text: 'a' }, { text: 'b' }] } }).messages[0]).toEqual({
      role: 'system',
      parts: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    })
    const image = { inlineData: { mimeType: 'image/png', data: 'x' } }
    expect(
      refused({ contents: [{ parts: [{ text: 'x' }] }], systemInstruction: { parts: [image] } }),
    ).toMatchObject({
      path: 'systemInstruction.parts[0]',
    })
  })

  test('MSG-26 a single content and a missing role are the user’s', () => {
    const expected = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }]
    expect(decode({ contents: { parts: [{ text: 'Hi' }] } }).messages).toEqual(expected)
    expect(decode({ contents: [{ role: '', parts: { text: 'Hi' } }] }).messages).toEqual(expected)
  })

  test('MSG-27 MSG-21 results in the old role join the user’s next words, results first', () => {
    const { messages } = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f')] },
      { role: 'function', parts: [result('f')] },
      { role: 'user', parts: [{ text: 'more' }] },
    )
    expect(messages).toHaveLength(3)
    expect(messages[2]?.parts.map(({ type }) => type)).toEqual(['tool-result', 'text'])
  })

  test('MSG-09 MSG-20 neighbouring contents of the model are one turn, chunks of a text one part', () => {
    const { messages } = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [{ text: 'Hel' }, { text: 'lo' }] },
      { role: 'model', parts: [{ text: '!' }, call('f'), { text: '' }] },
      { parts: [result('f')] },
    )
    expect(messages[1]?.parts).toMatchObject([
      { type: 'text', text: 'Hello!' },
      { type: 'tool-call', name: 'f' },
    ])
  })

  test('MSG-28 text of any kind survives', () => {
    const text = '\u0000 \ud83d\ude00 \ud800 \u2028'
    expect(decode({ contents: [{ parts: [{ text }] }] }).messages[0]?.parts).toEqual([{ type: 'text', text }])
  })
})

describe('parts', () => {
  const parts = (...list: JsonObject[]) => decode({ contents: [{ parts: list }] }).messages[0]?.parts
  const inline = (mimeType: string, data = 'AAAA') => ({ inlineData: { mimeType, data } })

  test('PRT-01 PRT-05 PRT-09 PRT-10 PRT-13 media in place, each of its kind', () => {
    const media = [
      inline('image/png'),
      { text: 'x' },
      inline('application/pdf'),
      inline('audio/wav'),
      inline('video/mp4'),
    ]
    expect(parts(...media)).toEqual([
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      { type: 'text', text: 'x' },
      { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' } },
      { type: 'audio', mediaType: 'audio/wav', data: 'AAAA' },
      { type: 'video', source: { type: 'base64', mediaType: 'video/mp4', data: 'AAAA' } },
    ])
  })

  test('PRT-06 plain text data is a text document', () => {
    expect(parts(inline('text/plain', Buffer.from('grün').toString('base64')))).toEqual([
      { type: 'document', source: { type: 'text', text: 'grün' } },
    ])
  })

  test('PRT-02 PRT-08 an upload belongs to Google, an address to whoever can read it', () => {
    const upload = 'https://generativelanguage.googleapis.com/v1beta/files/abc'
    expect(
      parts(
        { fileData: { fileUri: upload, mimeType: 'image/png' } },
        { file_data: { file_uri: 'https://youtu.be/x' } },
        { fileData: { fileUri: 'https://example.org/a.pdf', mimeType: 'application/pdf' } },
      ),
    ).toEqual([
      { type: 'image', source: { type: 'file', dialect: 'gemini', id: upload, mediaType: 'image/png' } },
      { type: 'video', source: { type: 'url', url: 'https://youtu.be/x' } },
      {
        type: 'document',
        source: { type: 'url', url: 'https://example.org/a.pdf', mediaType: 'application/pdf' },
      },
    ])
  })

  test('PRT-03 the resolution of an image', () => {
    const mediaResolution = { level: 'MEDIA_RESOLUTION_HIGH' }
    expect(parts({ ...inline('image/png'), mediaResolution })).toMatchObject([
      { type: 'image', detail: 'high' },
    ])
  })

  test('PRT-10 a cut out of a video is a contract', () => {
    const request = decode({
      contents: [{ parts: [{ ...inline('video/mp4'), videoMetadata: { startOffset: '3s' } }] }],
    })
    expect(request.extras).toMatchObject([{ path: 'contents[0].parts[0].videoMetadata', weight: 'contract' }])
  })

  test('TCL-18 SRV-04 Google’s own tools stay as they are', () => {
    const executableCode = { executableCode: { language: 'PYTHON', code: '1' }, thoughtSignature: 's' }
    expect(parts(executableCode)).toEqual([{ type: 'hosted', dialect: 'gemini', wire: executableCode }])
  })
})

describe('calls and results', () => {
  const ids = (request: ChatRequest) =>
    request.messages.flatMap(({ parts }) =>
      parts.flatMap((part) =>
        part.type === 'tool-call' || part.type === 'tool-result' ? [part.callId] : [],
      ),
    )

  test('TCL-04 calls without ids get their own, by position, the same every time', () => {
    const contents = [
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f'), call('f'), call('g')] },
      { parts: [result('f'), result('f'), result('g')] },
      { role: 'model', parts: [call('f')] },
      { parts: [result('f')] },
    ]
    const found = ids(history(...contents))
    expect(found).toEqual(ids(history(...contents)))
    const [a, b, c, ...rest] = found
    expect(rest).toEqual([a, b, c, found[6], found[6]])
    expect(new Set(found).size).toBe(4)
    for (const id of found) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  })

  test('TCL-03 TCL-15 ids match where both have them, in whatever order', () => {
    const request = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f', { id: 'a' }), call('f', { id: 'b' })] },
      { parts: [result('f', { id: 'b' }), result('f', { id: 'a' })] },
    )
    expect(ids(request)).toEqual(['a', 'b', 'b', 'a'])
  })

  test('TCL-15 TCL-16 results without ids match by name, then by order', () => {
    const request = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f'), call('g'), call('f')] },
      { parts: [result('g'), result('f'), { functionResponse: { response: {} } }] },
    )
    const [f, g, secondF, ...results] = ids(request)
    expect(results).toEqual([g, f, secondF])
  })

  test('TCL-15 ids that one side left out still match', () => {
    const named = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f', { id: 'a' })] },
      { parts: [result('f')] },
    )
    expect(ids(named)).toEqual(['a', 'a'])
    const unnamed = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f')] },
      { parts: [result('f', { id: 'z' })] },
    )
    const [one, other] = ids(unnamed)
    expect(one).toBe(other)
  })

  test('MSG-22 a result without any call keeps an id that matches nothing', () => {
    const request = history({ parts: [{ text: 'q' }] }, { parts: [result('f', { id: 'x' }), result('g')] })
    expect(ids(request)).toEqual(['x', expect.stringContaining('without_call')])
  })

  test('TCL-02 TCL-10 TCL-13 TCL-14 arguments and results', () => {
    const { messages } = history(
      { parts: [{ text: 'q' }] },
      {
        role: 'model',
        parts: [{ functionCall: { name: 'f', args: { b: 1, a: [null] } } }, { functionCall: { name: 'g' } }],
      },
      {
        parts: [
          { functionResponse: { name: 'f', response: { output: 'text' } } },
          { functionResponse: { name: 'g', response: { error: 'no' } } },
        ],
      },
    )
    expect(messages[1]?.parts).toMatchObject([{ input: '{"b":1,"a":[null]}' }, { input: '{}' }])
    expect(messages[2]?.parts).toMatchObject([
      { name: 'f', content: [{ type: 'text', text: 'text' }], isError: false },
      { name: 'g', content: [{ type: 'text', text: 'no' }], isError: true },
    ])
  })

  test('TCL-10 TCL-11 a result that is an object stays one, media stay beside it', () => {
    const response = { temperature: 3 }
    const { messages } = history(
      { parts: [{ text: 'q' }] },
      { role: 'model', parts: [call('f')] },
      { parts: [result('f', { response, parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] })] },
    )
    expect(messages[2]?.parts).toMatchObject([
      { json: response, content: [{ type: 'text', text: '{"temperature":3}' }, { type: 'image' }] },
    ])
  })
})

describe('reasoning carried through', () => {
  const model = (...parts: JsonObject[]) =>
    history({ parts: [{ text: 'q' }] }, { role: 'model', parts }).messages[1]?.parts
  const own = { origin: 'gemini', kind: 'thought-signature', payload: 'c2ln' }
  const foreign = { origin: 'anthropic-messages', kind: 'signature', payload: 'sig' } as const
  const wrapped = wrapCarrier(foreign, 'gemini')

  test('RSN-20 RSN-29 RSN-30 signatures stay on their part, thoughts are reasoning', () => {
    const parts = model(
      { text: 'hm', thought: true },
      { text: 'so', thoughtSignature: 'c2ln' },
      { ...call('f'), thoughtSignature: 'c2ln' },
    )
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'so', carrier: own },
      { type: 'tool-call', carrier: own },
    ])
  })

  test('RSN-31 a signature on an empty text is kept, the sentinel is none', () => {
    expect(model({ text: 'so' }, { text: '', thoughtSignature: 'c2ln' })).toEqual([
      { type: 'text', text: 'so' },
      { type: 'text', text: '', carrier: own },
    ])
    expect(
      model({ ...call('f'), thoughtSignature: 'skip_thought_signature_validator' })?.[0],
    ).not.toHaveProperty('carrier')
  })

  test('RSN-20 a foreign proof comes back as reasoning, from a thought or from the call after it', () => {
    const onThought = model(
      { text: 'h', thought: true },
      { text: 'm', thought: true },
      { text: '', thought: true, thoughtSignature: wrapped },
      call('f'),
    )
    expect(onThought).toMatchObject([
      { type: 'reasoning', text: 'hm', carrier: foreign },
      { type: 'tool-call' },
    ])
    const onCall = model({ text: 'hm', thought: true }, { ...call('f'), thoughtSignature: wrapped })
    expect(onCall).toMatchObject([{ type: 'reasoning', text: 'hm', carrier: foreign }, { type: 'tool-call' }])
    expect(onCall?.[1]).not.toHaveProperty('carrier')
    expect(model({ ...call('f'), thoughtSignature: wrapped })).toMatchObject([
      { type: 'reasoning', text: '', carrier: foreign },
      { type: 'tool-call' },
    ])
  })
})
