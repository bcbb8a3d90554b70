import { expect, test } from 'vitest'
import type { Part } from '../ir/part.ts'
import type { ChatRequest, Message } from '../ir/request.ts'
import { checkConversation } from './check-conversation.ts'

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
