import { describe, expect, test } from 'vitest'
import { answerTo, encodeStream, plainRequest } from '../../test/support/emitted.ts'
import type { DialectId } from '../core/dialect-id.ts'
import type { StreamEvent } from '../ir/stream-event.ts'
import { NO_USAGE } from '../ir/usage.ts'
import type { SseEvent } from '../wire/sse-event.ts'
import { checkStreamGrammar } from './stream-grammar.ts'

const STREAM: readonly StreamEvent[] = [
  { type: 'start', model: 'm' },
  { type: 'reasoning-start', id: 'r' },
  { type: 'reasoning-delta', id: 'r', text: 'Hm' },
  { type: 'reasoning-end', id: 'r' },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', text: 'Hel' },
  { type: 'text-delta', id: 't', text: 'lo' },
  { type: 'text-end', id: 't' },
  { type: 'tool-call-start', id: 'c', callId: 'call_1', name: 'f', kind: 'function' },
  { type: 'tool-call-delta', id: 'c', input: '{"a"' },
  { type: 'tool-call-delta', id: 'c', input: ':1}' },
  { type: 'tool-call-end', id: 'c' },
  { type: 'finish', finish: { unified: 'tool-calls' }, usage: NO_USAGE },
]

const sound = (format: DialectId): SseEvent[] => [
  ...encodeStream(format, STREAM, answerTo(plainRequest(format))).events,
]
const index = (events: readonly SseEvent[], text: string) => {
  const found = events.findIndex(({ data }) => data.includes(text))
  if (found === -1) throw new Error(`no event with ${text}`)
  return found
}
const without = (text: string) => (events: SseEvent[]) => events.toSpliced(index(events, text), 1)
const twice = (text: string) => (events: SseEvent[]) => {
  const at = index(events, text)
  return events.toSpliced(at, 0, ...events.slice(at, at + 1))
}
const swapped = (one: string, other: string) => (events: SseEvent[]) => {
  const [first, second] = [index(events, one), index(events, other)]
  return events.with(first, events[second] ?? { data: '' }).with(second, events[first] ?? { data: '' })
}
const edited = (text: string, from: string, to: string) => (events: SseEvent[]) => {
  const at = index(events, text)
  const event = events[at] ?? { data: '' }
  return events.with(at, { ...event, data: event.data.replace(from, to) })
}
const followedBy = (data: string) => (events: SseEvent[]) => [...events, { data }]
const renumbered = (change: (events: SseEvent[]) => SseEvent[]) => (events: SseEvent[]) =>
  change(events).map(({ event, data }, at) => ({
    ...(event !== undefined && { event }),
    data: data.replace(/"sequence_number":\d+/, `"sequence_number":${at}`),
  }))

type Damage = (events: SseEvent[]) => SseEvent[]

const DAMAGES: Readonly<Record<DialectId, Readonly<Record<string, Damage>>>> = {
  'openai-chat': {
    'no [DONE]': without('[DONE]'),
    '[DONE] twice': followedBy('[DONE]'),
    'no finish reason': without('"finish_reason":"tool_calls"'),
    'two finish reasons': twice('"finish_reason":"tool_calls"'),
    'no role': without('"role":"assistant"'),
    'the role again': twice('"role":"assistant"'),
    'the head of a call again': twice('"id":"call_1"'),
    'a call without its head': without('"id":"call_1"'),
    'a call that begins at 1': edited('"id":"call_1"', '{"index":0,"id"', '{"index":1,"id"'),
    'no counts though asked for': without('"prompt_tokens"'),
    'another id': edited('"Hel"', 'chatcmpl-', 'chatcmpl-x'),
    'another kind of object': edited('"Hel"', 'chat.completion.chunk', 'chat.completion'),
    'an error within': (events) => [...events.slice(0, -1), { data: '{"error":{}}' }, { data: '[DONE]' }],
  },
  'openai-completions': {
    'no [DONE]': without('[DONE]'),
    'no finish reason': without('"finish_reason":"stop"'),
    'text behind the end': swapped('"lo"', '"finish_reason":"stop"'),
    'no counts though asked for': without('"prompt_tokens"'),
  },
  'openai-responses': {
    'a gap in the numbers': without('"delta":"lo"'),
    'no terminal event': renumbered(without('"type":"response.completed"')),
    'something behind the terminal event': renumbered((events) => [...events, ...events.slice(-1)]),
    '[DONE]': followedBy('[DONE]'),
    'a delta that is lost': renumbered(without('"delta":"lo"')),
    'a delta before its item': renumbered(without('"type":"response.output_item.added","sequence_number":8')),
    'a done event with less': edited('"type":"response.output_text.done"', '"text":"Hello"', '"text":"Hel"'),
    'an item that is never done': renumbered(without('"type":"response.output_item.done"')),
    'a part that is never done': renumbered(without('"type":"response.content_part.done"')),
    'an empty output at the end': (events) => {
      const { response, ...rest } = JSON.parse(events.at(-1)?.data ?? '') as { response: object }
      const data = JSON.stringify({ ...rest, response: { ...response, output: [] } })
      return events.with(-1, { event: 'response.completed', data })
    },
    'a name that is not the type': (events) => events.with(4, { ...events[4], data: events[5]?.data ?? '' }),
  },
  'anthropic-messages': {
    'no message_start': without('"type":"message_start"'),
    'a second message_start': twice('"type":"message_start"'),
    'a delta of another type': edited('"text":"Hel"', 'text_delta', 'thinking_delta'),
    'a block that is never closed': without('"type":"content_block_stop"'),
    'a block that is never opened': without('"type":"content_block_start"'),
    'an index left out': edited('"content_block":{"type":"text"', '"index":1', '"index":2'),
    'thinking without a signature': without('signature_delta'),
    'no message_delta': without('"type":"message_delta"'),
    'no message_stop': without('"type":"message_stop"'),
    'message_stop before message_delta': swapped('"type":"message_delta"', '"type":"message_stop"'),
    'something behind message_stop': (events) => [...events, ...events.slice(-2, -1)],
    'no counts at the end': edited('"type":"message_delta"', 'output_tokens', 'x'),
    'broken JSON': edited('"text":"Hel"', '}', ''),
    '[DONE]': followedBy('[DONE]'),
  },
  gemini: {
    'no finishReason': without('"finishReason"'),
    'finishReason early': swapped('"finishReason"', '"lo"'),
    'no counts': (events) => {
      const { usageMetadata: _, ...rest } = JSON.parse(events.at(-1)?.data ?? '') as { usageMetadata: object }
      return events.with(-1, { data: JSON.stringify(rest) })
    },
    '[DONE]': followedBy('[DONE]'),
  },
}

/** What servers other than the format's own send, and no client minds. */
const ODDITIES = {
  'openai-chat': {
    'a last delta that holds nothing': edited(
      '"finish_reason":"tool_calls"',
      '"delta":{}',
      '"delta":{"content":"","reasoning_content":null,"tool_calls":[]}',
    ),
  },
  'anthropic-messages': {
    'thinking that starts without a signature': edited('"type":"content_block_start"', ',"signature":""', ''),
  },
} as const satisfies Partial<Record<DialectId, Readonly<Record<string, Damage>>>>

describe.each(Object.entries(ODDITIES) as [DialectId, Readonly<Record<string, Damage>>][])(
  '%s of other servers',
  (format, oddities) => {
    test.each(Object.entries(oddities))('%s is sound', (_name, change) => {
      const events = change(sound(format))
      expect(events).not.toEqual(sound(format))
      expect(checkStreamGrammar(format, events)).toEqual([])
    })
  },
)

describe.each(Object.entries(DAMAGES) as [DialectId, Readonly<Record<string, Damage>>][])(
  '%s',
  (format, damages) => {
    test('AGT-06 a sound stream has no problems', () => {
      expect(checkStreamGrammar(format, sound(format), { usage: 'wanted' })).toEqual([])
    })

    test.each(Object.entries(damages))('AGT-06 %s is noticed', (_name, damage) => {
      expect(checkStreamGrammar(format, damage(sound(format)), { usage: 'wanted' })).not.toEqual([])
    })

    test('AGT-06 nothing at all is no stream', () => {
      expect(checkStreamGrammar(format, [])).not.toEqual([])
      expect(checkStreamGrammar(format, [], { ending: 'error' })).not.toEqual([])
    })

    test('ERR-20 neither a clean end nor a cut passes for an error, nor an error for a clean end', () => {
      const failing = STREAM.slice(0, 6)
      const { events } = encodeStream(format, failing, answerTo(plainRequest(format)))
      expect(checkStreamGrammar(format, sound(format), { ending: 'error' })).not.toEqual([])
      expect(checkStreamGrammar(format, events, { ending: 'error' })).not.toEqual([])
      expect(checkStreamGrammar(format, events)).not.toEqual([])
    })
  },
)
