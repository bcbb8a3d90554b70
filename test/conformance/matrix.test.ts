import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { DIALECT_IDS } from '../../src/core/dialect-id.ts'
import { CASES } from './cases/index.ts'
import { measureAll, renderConformance } from './features/document.ts'
import { requestOf, UPSTREAM_IDS } from './features/feature.ts'
import { ANSWER_FEATURES, REQUEST_FEATURES } from './features/index.ts'
import { convert, measureAnswer, measureRequest } from './features/measure.ts'

const { requests, answers } = measureAll()
const everything = [...requests, ...answers]

describe('nothing is lost without a word', () => {
  test.each(everything.map((measured) => ({ ...measured })))('$id', ({ cells }) => {
    const lost = cells.filter(({ whole, streamed }) => [whole.state, streamed.state].includes('lost'))
    expect(lost.map(({ client, upstream }) => `${client} → ${upstream}`)).toEqual([])
  })
})

test('a loss is seen where there is one', () => {
  const asks = { 'openai-chat': { messages: [{ role: 'user', content: 'Hello' }] } }
  const never = { id: 'x', title: 'x', cases: [], asks }
  const request = { ...never, arrives: { gemini: () => false } }
  expect(measureRequest(request, 'openai-chat', 'gemini', 'whole')).toEqual({ state: 'lost' })
  const [said] = ANSWER_FEATURES
  const answer = { ...never, answers: said?.answers ?? {}, arrives: () => false }
  for (const mode of ['whole', 'streamed'] as const)
    expect(measureAnswer(answer, 'openai-chat', 'gemini', mode)).toEqual({ state: 'lost' })
})

test('a feature that cannot be said anywhere would be no probe', () => {
  for (const { id, cells } of everything) {
    const states = cells.flatMap(({ whole, streamed }) => [whole.state, streamed.state])
    expect([id, states.some((state) => state !== 'unsaid' && state !== 'untouched')]).toEqual([id, true])
  }
})

test('what is refused is refused by its path, in words that say what to do', () => {
  const refusals = requests.flatMap(({ cells }) =>
    cells.flatMap(({ whole }) => (whole.state === 'refused' ? whole.reasons : [])),
  )
  expect(refusals.length).toBeGreaterThan(50)
  for (const refusal of refusals) expect(refusal).toMatch(/^unsupported_parameter: "[\w.[\]]+" .{20,}/)
})

test('an ordinary request is converted without any loss', () => {
  // a prompt of the first API is a message at best
  for (const client of DIALECT_IDS.filter((id) => id !== 'openai-completions'))
    for (const upstream of UPSTREAM_IDS.filter((id) => id !== client)) {
      const { dropped } = convert(client, upstream, requestOf(client, {}, false), { mode: 'whole' })
      expect([client, upstream, dropped]).toEqual([client, upstream, []])
    }
})

test('features and cases know each other', () => {
  const features = [...REQUEST_FEATURES, ...ANSWER_FEATURES]
  expect(new Set(features.map(({ id }) => id)).size).toBe(features.length)
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length)
  const known = new Set(CASES.map(({ id }) => id))
  expect(features.flatMap(({ cases }) => cases.filter((id) => !known.has(id)))).toEqual([])
})

// If this fails: node scripts/generate-docs.ts
test('docs/conformance.md is what the converters do', async () => {
  const written = await readFile(new URL('../../docs/conformance.md', import.meta.url), 'utf8')
  expect(written).toBe(renderConformance())
})
