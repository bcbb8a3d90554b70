import { expect, test } from 'vitest'
import type { ImagePart, TextPart } from '../ir/part.ts'
import type { ChatRequest, Tool } from '../ir/request.ts'
import { keepPlace, Places, placeOf, placeOfChoice, placeOfPhase, placeOfTool, withPlaces } from './places.ts'

const IMAGE: ImagePart = {
  type: 'image',
  source: { type: 'url', url: 'https://example.com/a' },
  detail: 'low',
}
const TOOL: Tool = { type: 'function', name: 'look', parameters: { type: 'object' } }

function request(places?: Places): ChatRequest {
  const asked: ChatRequest = {
    source: 'gemini',
    model: 'm',
    isStreaming: false,
    messages: [],
    tools: [],
    toolChoice: { type: 'auto' },
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
  }
  return places === undefined ? asked : withPlaces(asked, places)
}

test('a piece that nobody noted is somewhere in its list', () => {
  const unknown = request()
  expect([
    placeOf(unknown, IMAGE),
    placeOf(unknown, undefined),
    placeOfTool(unknown, TOOL, 'name'),
    placeOfChoice(unknown),
  ]).toEqual(['contents', 'contents', 'tools', 'toolConfig.functionCallingConfig'])
  expect(keepPlace(unknown, { ...IMAGE }, IMAGE)).toEqual(IMAGE)
})

test('a member is found under the client’s name for it, or where it was noted on its own', () => {
  const places = new Places()
  const cache = {}
  const text: TextPart = { type: 'text', text: 'x', cache }
  places.note(IMAGE, 'a[0]', { detail: 'image.detail' })
  places.note(text, 'a[1]')
  places.note(cache, 'b.cache')
  const asked = request(places)
  expect(placeOf(asked, IMAGE, 'detail')).toBe('a[0].image.detail')
  expect(placeOf(asked, text, 'cache')).toBe('b.cache')
  expect(placeOf(asked, text, 'citations')).toBe('a[1]')
})

test('copies stand where their originals stood, also those of copies and those made later', () => {
  const places = new Places()
  places.note(IMAGE, 'a[0]', { detail: 'detail' })
  const copy = places.keep({ ...IMAGE }, IMAGE)
  const asked = request(places)
  const again = keepPlace({ ...asked, model: 'other' }, { ...copy }, copy)
  expect(placeOf(asked, again, 'detail')).toBe('a[0].detail')
  const later = keepPlace(asked, { ...IMAGE }, again)
  expect(placeOf(asked, later)).toBe('a[0]')
})

test('what was noted first holds: the innermost reader knows best', () => {
  const places = new Places()
  places.note(IMAGE, 'a[0].content[2]')
  places.note(IMAGE, 'a[0]')
  expect(placeOf(request(places), IMAGE)).toBe('a[0].content[2]')
})

test('nothing of it is seen: the request stays plain data', () => {
  const places = new Places()
  places.note(IMAGE, 'a[0]')
  const asked = request(places)
  expect(asked).toEqual(request())
  expect(JSON.stringify(asked)).toBe(JSON.stringify(request()))
})

test.each([
  ['input[2].content[1]', 'input[2].phase'],
  ['input[2].content', 'input[2].phase'],
  ['input[2]', 'input[2].phase'],
])('the phase of a text at %s', (path, phase) => {
  const places = new Places()
  const text = places.note({ type: 'text', text: 'x', phase: 'commentary' } as const, path)
  expect(placeOfPhase(request(places), text)).toBe(phase)
})
