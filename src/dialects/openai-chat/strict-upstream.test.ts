import { afterAll, beforeAll, expect, test } from 'vitest'
import { decode, encode, OPENAI, PLAIN } from '../../../test/support/dialects/openai-chat-base.ts'
import type { Part } from '../../ir/part.ts'
import type { ChatRequest, Message, Tool } from '../../ir/request.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'

// the simulated provider refuses what OpenAI refuses

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const said = (...parts: Part[]): Message => ({ role: 'user', parts })
const text = (words: string) => ({ type: 'text', text: words }) as const
const image = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' } } as const
const tools: Tool[] = [
  {
    type: 'function',
    name: 'a.b',
    namespace: 'ns',
    parameters: { type: 'object' },
    hasCacheBreakpoint: 'short',
  },
  { type: 'function', name: 'plain' },
  { type: 'custom', name: 'note' },
]
const conversation: Message[] = [
  { role: 'system', parts: [text('A'), { ...text('B'), cache: { lifetime: 'short' } }] },
  said(text('Hi'), { ...image, cache: {} }),
  {
    role: 'assistant',
    parts: [
      {
        type: 'reasoning',
        text: 'why',
        carrier: { origin: 'anthropic-messages', kind: 'signature', payload: 's' },
      },
      { ...text('Hm.'), phase: 'commentary' },
      { type: 'tool-call', callId: 'a', name: 'a.b', namespace: 'ns', input: '', kind: 'function' },
      { type: 'tool-call', callId: 'b', name: 'note', input: 'free', kind: 'custom' },
    ],
  },
  said(
    { type: 'tool-result', callId: 'a', content: [text('1'), image], isError: true, kind: 'function' },
    { type: 'tool-result', callId: 'b', content: [], isError: false, kind: 'custom' },
    text('Go on'),
  ),
  { role: 'system', parts: [text('late')] },
  { role: 'assistant', parts: [{ type: 'refusal', text: 'No.' }] },
  said(
    { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' } },
    text('json'),
  ),
]

const CASES: Record<string, Partial<ChatRequest>> = {
  'a conversation with everything in it': { messages: conversation, tools, toolChoice: { type: 'auto' } },
  'a conversation whose tools are gone': {
    messages: conversation,
    allowsParallelCalls: false,
    toolChoice: { type: 'auto' },
  },
  'all settings': {
    isStreaming: true,
    maxOutputTokens: 100,
    stopSequences: ['x'],
    sampling: { temperature: 1, topP: 1, topK: 3, seed: 1, presencePenalty: 0 },
    reasoning: { effort: 'low', summary: 'auto' },
    format: { type: 'json-schema', schema: { type: 'object' } },
    verbosity: 'low',
    serviceTier: 'flex',
    metadata: { a: 'b' },
    endUserId: 'u'.repeat(300),
    caching: { key: 'k', isAutomatic: true, lifetime: 'short' },
    isStored: false,
    tools,
    toolChoice: { type: 'allowed', mode: 'auto', names: ['plain'] },
    allowsParallelCalls: true,
  },
  'a message of nothing': { messages: [said()] },
  'what a Chat client said': decode({
    functions: [{ name: 'f' }],
    function_call: 'auto',
    user: 'u',
    max_tokens: 9,
    messages: [
      { role: 'developer', content: 'json' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }], name: 'n' },
      {
        role: 'assistant',
        content: null,
        function_call: { name: 'f', arguments: '{}' },
        reasoning_content: 'why',
      },
      { role: 'function', name: 'f', content: null },
    ],
    response_format: { type: 'json_object' },
  }),
}

test.each(Object.entries(CASES))('TOP-32 OpenAI takes %s', async (_name, request) => {
  for (const capabilities of [OPENAI, PLAIN]) {
    const { body } = encode(request, capabilities)
    const response = await fetch(`${simulator.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify({ ...body, model: 'simulated' }),
    })
    expect([response.status, response.ok ? '' : await response.text()]).toEqual([200, ''])
    await response.body?.cancel()
  }
})
