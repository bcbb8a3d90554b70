import { describe, expect, test } from 'vitest'
import { placed } from '../../test/support/placed.ts'
import { placeOf } from '../dialects/places.ts'
import type { Carrier, Part, ReasoningPart, ToolCallPart } from '../ir/part.ts'
import type { ChatRequest, Message } from '../ir/request.ts'
import { unfoldResponse } from '../ir/unfold.ts'
import { createProofCollector } from './collect-proofs.ts'
import { SignatureMemory } from './signature-memory.ts'

const ORIGIN = { keyId: 'k1', accountId: 'a1' }
const HOUR_MS = 3_600_000

const signed = (payload: string): Carrier => ({ origin: 'anthropic-messages', kind: 'signature', payload })
const thought = (text: string, carrier: Carrier = signed(text)): ReasoningPart => ({
  type: 'reasoning',
  text,
  carrier,
})
const call = (callId: string, carrier?: Carrier): ToolCallPart => ({
  type: 'tool-call',
  callId,
  name: 'look',
  input: '{}',
  kind: 'function',
  ...(carrier !== undefined && { carrier }),
})
const text = (words: string): Part => ({ type: 'text', text: words })

function history(...parts: Part[]): ChatRequest {
  const messages: Message[] = [
    { role: 'user', parts: [text('Hi')] },
    { role: 'assistant', parts },
  ]
  return {
    source: 'openai-chat',
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

function memoryOf(...parts: Part[]): { memory: SignatureMemory; clock: { nowMs: number } } {
  const clock = { nowMs: 1 }
  const memory = new SignatureMemory(() => clock.nowMs)
  memory.remember(ORIGIN, parts)
  return { memory, clock }
}

const restored = (memory: SignatureMemory, request: ChatRequest, origin = ORIGIN) =>
  memory.restore(origin, request).messages[1]?.parts

describe('RSN-24 a tool call that comes back without its proof', () => {
  test('gets the reasoning back that it followed, where it stood', () => {
    const answer = [
      thought('one'),
      text('Let me see.'),
      thought('two'),
      call('c1'),
      thought('three'),
      call('c2'),
    ]
    const { memory } = memoryOf(...answer)
    expect(restored(memory, history(text('Let me see.'), call('c1'), call('c2')))).toEqual(answer)
  })

  test('gets its own carrier back, each call its own', () => {
    const answer = [call('c1', signed('s1')), call('c2'), call('c3', signed('s3'))]
    const { memory } = memoryOf(...answer)
    expect(restored(memory, history(call('c1'), call('c2'), call('c3')))).toEqual(answer)
  })

  test('has bare reasoning of the client replaced, which is a copy', () => {
    const { memory } = memoryOf(thought('why'), call('c1'))
    const bare: Part = { type: 'reasoning', text: 'why' }
    expect(restored(memory, history(bare, call('c1')))).toEqual([thought('why'), call('c1')])
  })

  test('is left alone where the client has kept any proof, or the tool is another one', () => {
    const { memory } = memoryOf(thought('why'), call('c1'))
    const kept = history(thought('mine'), call('c1'))
    expect(memory.restore(ORIGIN, kept)).toBe(kept)
    const other = history({ ...call('c1'), name: 'other' })
    expect(memory.restore(ORIGIN, other)).toBe(other)
    const unknown = history(call('c9'))
    expect(memory.restore(ORIGIN, unknown)).toBe(unknown)
  })

  test('of another virtual key gets nothing', () => {
    const { memory } = memoryOf(thought('why'), call('c1'))
    const request = history(call('c1'))
    expect(memory.restore({ ...ORIGIN, keyId: 'k2' }, request)).toBe(request)
  })

  test('at another account gets what is not sealed for the first', () => {
    const { memory } = memoryOf(thought('why'), call('c1'))
    const elsewhere = { ...ORIGIN, accountId: 'a2' }
    expect(restored(memory, history(call('c1')), elsewhere)).toEqual([thought('why'), call('c1')])
    const sealed: Carrier = { origin: 'openai-responses', kind: 'encrypted', payload: 'e', itemId: 'rs_1' }
    memory.remember(ORIGIN, [thought('', sealed), call('c2')])
    const request = history(call('c2'))
    expect(memory.restore(elsewhere, request)).toBe(request)
    expect(restored(memory, request)).toEqual([thought('', sealed), call('c2')])
  })
})

describe('RSN-24 the memory', () => {
  test('ends an hour after the last use', () => {
    const { memory, clock } = memoryOf(thought('why'), call('c1'))
    const request = history(call('c1'))
    clock.nowMs += HOUR_MS - 1
    expect(memory.restore(ORIGIN, request)).not.toBe(request)
    clock.nowMs += HOUR_MS - 1
    expect(memory.restore(ORIGIN, request)).not.toBe(request)
    clock.nowMs += HOUR_MS + 1
    expect(memory.restore(ORIGIN, request)).toBe(request)
  })

  test('holds so many bytes, and drops what was used least lately', () => {
    const memory = new SignatureMemory(() => 1, 10_000)
    const long = 'x'.repeat(4000)
    memory.remember(ORIGIN, [thought('a', signed(long)), call('c1')])
    memory.remember(ORIGIN, [thought('b', signed(long)), call('c2')])
    memory.restore(ORIGIN, history(call('c1')))
    memory.remember(ORIGIN, [thought('c', signed(long)), call('c3')])
    const isKept = (id: string) => restored(memory, history(call(id)))?.length === 2
    expect(['c1', 'c2', 'c3'].map(isKept)).toEqual([true, false, true])
    memory.remember(ORIGIN, [thought('d', signed('x'.repeat(20_000))), call('c4')])
    expect(['c1', 'c3', 'c4'].map(isKept)).toEqual([true, true, false])
  })

  test('keeps nothing of answers without tool calls or without proof', () => {
    const { memory } = memoryOf(thought('why'), text('So.'))
    memory.remember(ORIGIN, [{ type: 'reasoning', text: 'bare' }, call('c1')])
    memory.remember(ORIGIN, [
      thought('marked', { origin: 'openai-chat', kind: 'signature', payload: '' }),
      call('c2'),
    ])
    for (const id of ['c1', 'c2']) {
      const request = history(call(id))
      expect(memory.restore(ORIGIN, request)).toBe(request)
    }
  })
})

describe('a stream', () => {
  const respond = (parts: readonly Part[]) =>
    unfoldResponse({ model: 'm', parts, finish: { unified: 'tool-calls' }, dropped: [] })

  test('RSN-24 is remembered like the whole answer that it amounts to, once it has ended', () => {
    const answer = [thought('one'), text('Let me see.'), thought('two'), call('c1', signed('s')), call('c2')]
    const collect = createProofCollector()
    const seen = respond(answer).map((event) => collect(event))
    expect(seen.slice(0, -1).every((parts) => parts === undefined)).toBe(true)
    const { memory } = memoryOf(...(seen.at(-1) ?? []))
    expect(restored(memory, history(text('Let me see.'), call('c1'), call('c2')))).toEqual(answer)
  })

  test('of endless reasoning is not held', () => {
    const collect = createProofCollector()
    const long = { type: 'reasoning-delta', id: 'p0', text: 'x'.repeat(1024 * 1024) } as const
    const events = respond([thought(''), call('c1')])
    const all = [...events.slice(0, 2), long, long, long, ...events.slice(2)]
    expect(all.map((event) => collect(event)).at(-1)).toBeUndefined()
  })
})

test('ERR-25 what is given back stands where the call stands that it belongs to', () => {
  const { memory } = memoryOf(thought('one'), text('Let me see.'), thought('two'), call('c', signed('three')))
  const request = memory.restore(ORIGIN, placed(history(text('Let me see.'), call('c'))))
  const message = request.messages[1]
  expect(message && placeOf(request, message)).toBe('messages[1]')
  expect(message?.parts.map((part) => [part.type, placeOf(request, part)])).toEqual([
    ['reasoning', 'messages[1]'],
    ['text', 'messages[1].content[0]'],
    ['reasoning', 'messages[1].content[1]'],
    ['tool-call', 'messages[1].content[1]'],
  ])
})
