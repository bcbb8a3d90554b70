import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMember, askForStreamUsage, countMembers, removeMembers, setModel } from './json-edit.ts'
import { findJsonMembers } from './json-members.ts'

const renamed = (body: string, model: string) => setModel(Buffer.from(body), model).toString()
const asked = (body: string) => askForStreamUsage(Buffer.from(body)).toString()

describe('setModel', () => {
  test.each([
    ['{"model":"a"}', '{"model":"b\\"é"}'],
    ['{ "x":{"model":"a"},\n"model" : "a" , "y":1.0}', '{ "x":{"model":"a"},\n"model" : "b\\"é" , "y":1.0}'],
    ['{"model":"a","model":null}', '{"model":"b\\"é","model":"b\\"é"}'],
    ['{"\\u006dodel":"a\\"}"}', '{"\\u006dodel":"b\\"é"}'],
    ['{"x":[{}]}', '{"x":[{}],"model":"b\\"é"}'],
    ['{ }', '{ "model":"b\\"é"}'],
  ])('turns %s into %s', (before, after) => {
    expect(renamed(before, 'b"é')).toBe(after)
  })

  test('changes nothing but the model, whatever the body', () => {
    const body = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'))
    const property = fc.property(body, fc.string(), ([value, indent], model) => {
      const edited: unknown = JSON.parse(renamed(JSON.stringify(value, null, indent), model))
      expect(edited).toEqual(JSON.parse(JSON.stringify({ ...value, model })))
    })
    fc.assert(property, { numRuns: 200 })
  })
})

describe('askForStreamUsage', () => {
  test.each([
    ['{"stream":true}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ['{"stream_options":{ }}', '{"stream_options":{ "include_usage":true}}'],
    ['{"stream_options":{"a":1.0}}', '{"stream_options":{"a":1.0,"include_usage":true}}'],
    ['{"stream_options":{"include_usage": false }}', '{"stream_options":{"include_usage": true }}'],
    ['{"stream_options":null}', '{"stream_options":{"include_usage":true}}'],
  ])('turns %s into %s', (before, after) => {
    expect(asked(before)).toBe(after)
  })
})

describe('removeMembers', () => {
  const without = (body: string) => removeMembers(Buffer.from(body), new Set(['model', 'stream'])).toString()

  test.each([
    ['{"model":"a"}', '{}'],
    ['{ "model":"a" , "x":1.0 }', '{ "x":1.0 }'],
    ['{"x":1.0,"model":{"model":1}, "y":[ ]\n}', '{"x":1.0, "y":[ ]\n}'],
    ['{"x":1,"stream":true}', '{"x":1}'],
    ['{"model":1,"stream":2,"mod\\u0065l":3,"é":4}', '{"é":4}'],
    ['{"x":{"model":1}}', '{"x":{"model":1}}'],
    [' { } ', ' { } '],
  ])('turns %s into %s', (before, after) => {
    expect(without(before)).toBe(after)
  })

  test('changes nothing but what it removes, whatever the body', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('model', 'stream'))
    const body = fc.tuple(fc.dictionary(key, fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'))
    const property = fc.property(body, ([value, indent]) => {
      const {
        model: _model,
        stream: _stream,
        ...rest
      } = JSON.parse(JSON.stringify(value)) as Record<string, unknown>
      expect(JSON.parse(without(JSON.stringify(value, null, indent)))).toEqual(rest)
    })
    fc.assert(property, { numRuns: 200 })
  })
})

test.each([
  ['{}', '{"a":["b"]}'],
  ['{"x":1.0 }', '{"x":1.0 ,"a":["b"]}'],
  ['{"a":null}', '{"a":null}'],
])('a member is added to %s, unless it is there', (before, after) => {
  expect(addMember(Buffer.from(before), 'a', ['b']).toString()).toBe(after)
})

test('members are found with their places, escapes and nesting included', () => {
  const body = Buffer.from(' { "a\\"" : [1,"]",{"b":"}"}] , "é":-1e3,"c":{"d":{}},"a":"\\\\" } ')
  const found = findJsonMembers(body).map(({ key, valueStart, valueEnd }) => [
    key,
    body.toString('utf8', valueStart, valueEnd),
  ])
  expect(found).toEqual([
    ['a"', '[1,"]",{"b":"}"}]'],
    ['é', '-1e3'],
    ['c', '{"d":{}}'],
    ['a', '"\\\\"'],
  ])
})

test('duplicates are counted at the top level only', () => {
  expect(countMembers(Buffer.from('{"model":1,"x":{"model":2},"mod\\u0065l":3}'), 'model')).toBe(2)
})
