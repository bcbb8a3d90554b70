import { describe, expect, test } from 'vitest'
import { across } from '../../test/support/dialects/across.ts'
import { foldStream } from '../ir/fold.ts'
import { DIALECTS } from './index.ts'

const bytes = [72, 105]
const chosen = { token: 'Hi', logprob: -0.5, bytes }
const other = { token: 'Yo', logprob: -1, bytes: [89, 111] }
const entry = { ...chosen, top_logprobs: [chosen, other] }
const end = { token: '!', logprob: -2, bytes: [33], top_logprobs: [] }

const chatWhole = {
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hi!' },
      logprobs: { content: [entry, end], refusal: null },
      finish_reason: 'stop',
    },
  ],
}
const chatChunk = (content: string, logprobs: object) => ({
  id: 'x',
  model: 'm',
  choices: [{ index: 0, delta: { content }, logprobs: { content: [logprobs], refusal: null } }],
})
const chatStream = [
  chatChunk('Hi', entry),
  chatChunk('!', end),
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  '[DONE]',
]

const message = (logprobs: readonly object[]) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hi!', annotations: [], logprobs }],
})
const responsesWhole = { id: 'resp_1', model: 'm', status: 'completed', output: [message([entry, end])] }
const responsesStream = (deltas: readonly (readonly [string, readonly object[]])[]) => [
  { type: 'response.created', response: { id: 'resp_1', model: 'm' } },
  { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'msg_1' } },
  ...deltas.map(([delta, logprobs]) => ({
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    delta,
    logprobs,
  })),
  {
    type: 'response.content_part.done',
    output_index: 0,
    content_index: 0,
    part: { type: 'output_text', text: 'Hi!', annotations: [], logprobs: [entry, end] },
  },
  { type: 'response.output_item.done', output_index: 0, item: message([entry, end]) },
  { type: 'response.completed', response: responsesWhole },
]

describe('Chat and Responses', () => {
  test('TOP-13 a whole answer keeps them both ways', () => {
    expect(across('openai-chat', 'openai-responses').whole(chatWhole).output).toMatchObject([
      { content: [{ text: 'Hi!', logprobs: [entry, end] }] },
    ])
    expect(across('openai-responses', 'openai-chat').whole(responsesWhole).choices).toMatchObject([
      { logprobs: { content: [entry, end], refusal: null } },
    ])
  })

  test('TOP-13 STR-25 a Chat stream becomes one of Responses: with each delta, and whole at the end', () => {
    const events = across('openai-chat', 'openai-responses').stream(chatStream)
    const withoutBytes = ({ token, logprob }: { token: string; logprob: number }) => ({ token, logprob })
    expect(events.filter(({ type }) => type === 'response.output_text.delta')).toMatchObject([
      { delta: 'Hi', logprobs: [{ token: 'Hi', top_logprobs: [chosen, other].map(withoutBytes) }] },
      { delta: '!', logprobs: [{ token: '!', logprob: -2, top_logprobs: [] }] },
    ])
    expect(events.at(-1)).toMatchObject({
      response: { output: [{ content: [{ logprobs: [entry, end] }] }] },
    })
  })

  test('TOP-13 STR-25 a Responses stream becomes one of Chat, in the chunk of their text', () => {
    const chunks = across('openai-responses', 'openai-chat').stream(
      responsesStream([
        ['Hi', [entry]],
        ['!', [end]],
      ]),
    )
    const choices = chunks.flatMap((chunk) => chunk.choices as object[])
    expect(choices).toMatchObject([
      { delta: { role: 'assistant' }, logprobs: null },
      { delta: { content: 'Hi' }, logprobs: { content: [entry], refusal: null } },
      { delta: { content: '!' }, logprobs: { content: [end], refusal: null } },
      { finish_reason: 'stop' },
    ])
  })

  test('STR-25 a server that lists them only when the text is done loses none, and none is told twice', () => {
    const { upstream } = DIALECTS['openai-responses']
    const decode = (events: readonly object[]) => {
      const decoder = upstream?.createStreamDecoder()
      return foldStream(events.flatMap((event) => decoder?.({ data: JSON.stringify(event) }) ?? []))
    }
    const whole = upstream?.decodeResponse(responsesWhole)
    expect(decode(responsesStream([['Hi!', []]])).parts).toEqual(whole?.parts)
    expect(
      decode(
        responsesStream([
          ['Hi', [entry]],
          ['!', [end]],
        ]),
      ).parts,
    ).toEqual(whole?.parts)
  })

  test('TOP-13 those of a refusal stay with Chat, and are reported elsewhere', () => {
    const choice = {
      index: 0,
      message: { content: null, refusal: 'Hi' },
      logprobs: { content: null, refusal: [entry] },
      finish_reason: 'stop',
    }
    const { lost, whole } = across('openai-chat', 'openai-responses')
    whole({ choices: [choice] })
    expect(lost).toMatchObject([{ path: 'output', action: 'dropped' }])
  })

  test('TOP-13 tokens of what is no text are reported', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
    const logprobs = { content: [entry], refusal: null }
    const { lost, whole, stream } = across('openai-chat', 'openai-responses')
    whole({
      choices: [
        { index: 0, message: { content: null, tool_calls: [call] }, logprobs, finish_reason: 'stop' },
      ],
    })
    stream([
      { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, logprobs }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      '[DONE]',
    ])
    expect(lost.map(({ path }) => path)).toEqual(['choices[].logprobs', 'choices[].logprobs'])
  })
})

describe('Gemini', () => {
  const candidate = (text: string, token: string, rest: object = {}) => ({
    modelVersion: 'm',
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        logprobsResult: {
          chosenCandidates: [{ token, logProbability: -0.5 }],
          topCandidates: [{ candidates: [{ token: 'Yo', logProbability: -1 }] }],
        },
        ...rest,
      },
    ],
  })
  const told = (token: string, spelled: number[] | null) => ({
    token,
    logprob: -0.5,
    bytes: spelled,
    top_logprobs: [{ token: 'Yo', logprob: -1, bytes: spelled === null ? null : [89, 111] }],
  })

  test('TOP-13 STR-25 to Chat: text alone, without bytes, whole and streamed', () => {
    const crossing = across('gemini', 'openai-chat')
    expect(crossing.whole(candidate('Hi', 'Hi', { finishReason: 'STOP' })).choices).toMatchObject([
      { logprobs: { content: [told('Hi', null)], refusal: null } },
    ])
    const chunks = crossing.stream([candidate('Hi', 'Hi'), candidate('!', '!', { finishReason: 'STOP' })])
    expect(chunks.flatMap((chunk) => chunk.choices)).toMatchObject([
      {},
      { delta: { content: 'Hi' }, logprobs: { content: [told('Hi', null)] } },
      { delta: { content: '!' }, logprobs: { content: [told('!', null)] } },
      { finish_reason: 'stop' },
    ])
  })

  test('TOP-13 to Responses, which always has bytes: those of the text', () => {
    const { output } = across('gemini', 'openai-responses').whole(
      candidate('Hi', 'Hi', { finishReason: 'STOP' }),
    )
    expect(output).toMatchObject([{ content: [{ logprobs: [told('Hi', [72, 105])] }] }])
  })

  test('TOP-13 STR-25 from Chat, whole and streamed', () => {
    const logprobsResult = {
      chosenCandidates: [
        { token: 'Hi', logProbability: -0.5 },
        { token: '!', logProbability: -2 },
      ],
      topCandidates: [
        {
          candidates: [
            { token: 'Hi', logProbability: -0.5 },
            { token: 'Yo', logProbability: -1 },
          ],
        },
        { candidates: [] },
      ],
    }
    const crossing = across('openai-chat', 'gemini')
    expect(crossing.whole(chatWhole).candidates).toMatchObject([{ logprobsResult }])
    const chunks = crossing.stream(chatStream).map((chunk) => (chunk.candidates as object[])[0])
    expect(chunks).toMatchObject([
      { logprobsResult: { chosenCandidates: [{ token: 'Hi' }] } },
      { logprobsResult: { chosenCandidates: [{ token: '!' }] } },
      { finishReason: 'STOP' },
    ])
  })
})
