/** What a model says in a stream: text or the arguments of a call, in pieces. */
export type SaidPart =
  | { readonly type: 'text'; readonly pieces: readonly string[] }
  | { readonly type: 'call'; readonly name: string; readonly pieces: readonly string[] }

export type UpstreamFormat = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'

/** One event's bytes. `part` and `piece` say what of it they carry; both are -1 for what only frames it. */
export interface StreamPiece {
  readonly bytes: string
  readonly part: number
  readonly piece: number
}

/** A stream as an upstream of this format sends it, an event a piece. */
export function speak(format: UpstreamFormat, said: readonly SaidPart[]): StreamPiece[] {
  return WRITERS[format](said)
}

const WRITERS: Readonly<Record<UpstreamFormat, (said: readonly SaidPart[]) => StreamPiece[]>> = {
  'openai-chat': chatStream,
  'openai-responses': responsesStream,
  'anthropic-messages': messagesStream,
  gemini: geminiStream,
}

function frame(data: object, name?: string): StreamPiece {
  return {
    bytes: `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`,
    part: -1,
    piece: -1,
  }
}

function carry(event: StreamPiece, part: number, piece: number): StreamPiece {
  return { ...event, part, piece }
}

function hasCalls(said: readonly SaidPart[]): boolean {
  return said.some(({ type }) => type === 'call')
}

function chatStream(said: readonly SaidPart[]): StreamPiece[] {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    frame({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason }],
    })
  const calls = said.filter(({ type }) => type === 'call')
  const parts = said.flatMap((part, position) => {
    if (part.type === 'text')
      return part.pieces.map((content, piece) => carry(chunk({ content }), position, piece))
    const index = calls.indexOf(part)
    const call = (fields: object) => chunk({ tool_calls: [{ index, ...fields }] })
    const head = { id: `call_${index}`, type: 'function', function: { name: part.name, arguments: '' } }
    return [
      call(head),
      ...part.pieces.map((text, piece) => carry(call({ function: { arguments: text } }), position, piece)),
    ]
  })
  const end = chunk({}, hasCalls(said) ? 'tool_calls' : 'stop')
  return [chunk({ role: 'assistant' }), ...parts, end, { bytes: 'data: [DONE]\n\n', part: -1, piece: -1 }]
}

function responsesStream(said: readonly SaidPart[]): StreamPiece[] {
  let sequence_number = 0
  const event = (type: string, fields: object) =>
    frame({ type, sequence_number: sequence_number++, ...fields }, type)
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'm',
    status: 'in_progress',
    output: [],
  }
  const output: object[] = []
  const head = event('response.created', { response })
  const parts = said.flatMap((part, output_index) => {
    const isText = part.type === 'text'
    const id = `${isText ? 'msg' : 'fc'}_${output_index}`
    const text = part.pieces.join('')
    const content = (words: string) => ({ type: 'output_text', text: words, annotations: [], logprobs: [] })
    const item = isText
      ? { id, type: 'message', role: 'assistant', status: 'completed', content: [content(text)] }
      : {
          id,
          type: 'function_call',
          call_id: `call_${output_index}`,
          name: part.name,
          arguments: text,
          status: 'completed',
        }
    const empty = { ...item, status: 'in_progress', ...(isText ? { content: [] } : { arguments: '' }) }
    const place = { item_id: id, output_index, ...(isText && { content_index: 0 }) }
    const name = isText ? 'response.output_text' : 'response.function_call_arguments'
    output.push(item)
    return [
      event('response.output_item.added', { output_index, item: empty }),
      ...(isText ? [event('response.content_part.added', { ...place, part: content('') })] : []),
      ...part.pieces.map((delta, piece) =>
        carry(event(`${name}.delta`, { ...place, delta }), output_index, piece),
      ),
      event(`${name}.done`, { ...place, ...(isText ? { text } : { arguments: text }) }),
      ...(isText ? [event('response.content_part.done', { ...place, part: content(text) })] : []),
      event('response.output_item.done', { output_index, item }),
    ]
  })
  return [
    head,
    ...parts,
    event('response.completed', { response: { ...response, status: 'completed', output } }),
  ]
}

function messagesStream(said: readonly SaidPart[]): StreamPiece[] {
  const event = (type: string, fields: object) => frame({ type, ...fields }, type)
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage }
  const parts = said.flatMap((part, index) => {
    const content_block =
      part.type === 'text'
        ? { type: 'text', text: '' }
        : { type: 'tool_use', id: `toolu_${index}`, name: part.name, input: {} }
    const delta = (piece: string) =>
      part.type === 'text'
        ? { type: 'text_delta', text: piece }
        : { type: 'input_json_delta', partial_json: piece }
    return [
      event('content_block_start', { index, content_block }),
      ...part.pieces.map((text, piece) =>
        carry(event('content_block_delta', { index, delta: delta(text) }), index, piece),
      ),
      event('content_block_stop', { index }),
    ]
  })
  const stop_reason = hasCalls(said) ? 'tool_use' : 'end_turn'
  return [
    event('message_start', { message }),
    ...parts,
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage }),
    event('message_stop', {}),
  ]
}

/** Gemini's calls come whole. */
function geminiStream(said: readonly SaidPart[]): StreamPiece[] {
  const chunk = (parts: object[], fields: object = {}) =>
    frame({
      candidates: [{ content: { role: 'model', parts }, index: 0, ...fields }],
      modelVersion: 'm',
      responseId: 'r',
    })
  const parts = said.flatMap((part, position) =>
    part.type === 'text'
      ? part.pieces.map((text, piece) => carry(chunk([{ text }]), position, piece))
      : [
          carry(
            chunk([{ functionCall: { name: part.name, args: JSON.parse(part.pieces.join('')) as unknown } }]),
            position,
            part.pieces.length - 1,
          ),
        ],
  )
  return [...parts, chunk([], { finishReason: 'STOP' })]
}
