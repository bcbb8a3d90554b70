import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, type ScriptedUpstream, startScriptedUpstream } from '../../test/support/scripted-upstream.ts'
import { pickModel } from './pick-model.ts'

let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startScriptedUpstream()
})
afterAll(() => upstream.close())

test.each([
  ['one to talk to before those for other work', ['text-embedding-3-large', 'whisper-1', 'gpt-6'], 'gpt-6'],
  ['what there is, where no name sounds like it', ['my-embeddings', 'my-reranker'], 'my-embeddings'],
  ['the simulated provider’s own', ['gpt-6', 'simulated'], 'simulated'],
])('examines %s', async (_what, names, picked) => {
  upstream.answerWith(json(JSON.stringify({ data: names.map((id) => ({ id })) })))
  const address = upstream.url
  const urls = { openai: `${address}/v1`, anthropic: `${address}/v1`, gemini: `${address}/v1beta` }
  expect(await pickModel({ urls, key: '', timeoutMs: 5000 })).toBe(picked)
})
