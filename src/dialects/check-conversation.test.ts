import { expect, test } from 'vitest'
import { placed } from '../../test/support/placed.ts'
import type { Part } from '../ir/part.ts'
import type { ChatRequest, Message } from '../ir/request.ts'
import { checkConversation } from './check-conversation.ts'
import { placeOf } from './places.ts'

const call = (callId: string): Part => ({
  type: 'tool-call',
  callId,
  name: 'look',
  input: '{}',
  kind: 'function',
})
const result = (callId: string): Part => ({
  type: 'tool-result',
  callId,
  content: [],
  isError: false,
  kind: 'function',
})
const text = (said: string): Part => ({ type: 'text', text: said })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })

function request(...messages: Message[]): ChatRequest {
  return {
    source: 'openai-responses',
    model: 'm',
    isStreaming: false,
    messages,
    tools: [],
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
  }
}

test('MSG-21 results move in front of what was said between the calls and them', () => {
  const asked = request(
    user(text('go')),
    assistant(call('a'), call('b')),
    user(text('wait')),
    user(result('b'), result('a')),
  )
  expect(checkConversation(asked).messages).toEqual([
    user(text('go')),
    assistant(call('a'), call('b')),
    user(result('a'), result('b'), text('wait')),
  ])
})

test('MSG-21 results behind a system message still stand right behind their calls', () => {
  const system: Message = { role: 'system', parts: [{ type: 'text', text: 'be brief' }] }
  const asked = request(assistant(call('a')), system, user(result('a'), text('and now?')))
  expect(checkConversation(asked).messages).toEqual([
    assistant(call('a')),
    user(result('a')),
    system,
    user(text('and now?')),
  ])
})

test('TCL-08 results spread over several user messages are gathered in one', () => {
  const asked = request(
    assistant(call('a'), call('b')),
    user(result('a')),
    user(result('b')),
    user(text('go on')),
  )
  expect(checkConversation(asked).messages).toEqual([
    assistant(call('a'), call('b')),
    user(result('a'), result('b')),
    user(text('go on')),
  ])
})

test('a conversation in order comes back as it is', () => {
  const asked = request(
    user(text('go')),
    assistant(call('a')),
    user(result('a'), text('so?')),
    assistant(text('so')),
  )
  expect(checkConversation(asked).messages).toEqual(asked.messages)
})

test.each([
  ['MSG-21 a call without a result', request(assistant(call('a')), user(text('and?')))],
  ['MSG-22 a result without a call', request(user(result('a')))],
  [
    'MSG-23 an id that was used twice',
    request(assistant(call('a')), user(result('a')), assistant(call('a')), user(result('a'))),
  ],
  ['a call with two results', request(assistant(call('a')), user(result('a')), user(result('a')))],
])('%s is refused', (_name, asked) => {
  expect(() => checkConversation(asked)).toThrowError(
    expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('"a"') }),
  )
})

test('ERR-25 what is rearranged is still known by where it stood', () => {
  const asked = placed(
    request(
      assistant(call('a'), call('b')),
      user(text('wait')),
      user(result('b'), result('a'), text('and?')),
      assistant(call('c')),
      user(result('c')),
    ),
  )
  const checked = checkConversation(asked)
  const places = checked.messages.map((message) => [
    placeOf(checked, message),
    message.parts.map((part) => placeOf(checked, part)),
  ])
  expect(places).toEqual([
    ['input[0]', ['input[0].content[0]', 'input[0].content[1]']],
    ['input[1]', ['input[2].content[1]', 'input[2].content[0]', 'input[1].content[0]']],
    ['input[2]', ['input[2].content[2]']],
    ['input[3]', ['input[3].content[0]']],
    ['input[4]', ['input[4].content[0]']],
  ])
})

test.each([
  ['MSG-21 a call without a result', request(assistant(text('x'), call('a'))), 'input[0].content[1]'],
  ['MSG-22 a result without a call', request(user(text('x')), user(result('a'))), 'input[1].content[0]'],
  [
    'MSG-23 an id that was used twice',
    request(assistant(call('a')), assistant(call('a'))),
    'input[1].content[0]',
  ],
])('ERR-25 %s is named by its place', (_name, asked, path) => {
  expect(() => checkConversation(placed(asked))).toThrowError(
    expect.objectContaining({ path, message: expect.stringContaining(`"${path}"`) }),
  )
})
