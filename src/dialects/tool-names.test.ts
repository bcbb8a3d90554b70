import { expect, test } from 'vitest'
import { placed } from '../../test/support/placed.ts'
import type { ChatRequest, Tool } from '../ir/request.ts'
import { capabilitiesOf } from '../providers/models/index.ts'
import { UPSTREAM_DIALECTS } from './index.ts'
import { Report } from './report.ts'
import { nameTools, STRICT_NAMES } from './tool-names.ts'

const BASE: ChatRequest = {
  source: 'openai-responses',
  model: 'm',
  isStreaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  stopSequences: [],
  sampling: {},
  wantsStreamUsage: true,
  extras: [],
}

const named = (name: string, namespace?: string): Tool => ({
  type: 'function',
  name,
  ...(namespace !== undefined && { namespace }),
})

test.each([
  [named('a__b'), named('b', 'a')],
  [named('b', 'a'), named('a__b')],
  [named('b__c', 'a'), named('c', 'a__b')],
])('TLD-08 TLD-13 names that become the same with their namespace are kept apart', (...tools) => {
  const given = nameTools(placed({ ...BASE, tools }), STRICT_NAMES, new Report())
  const names = tools.map((tool) => (tool.type === 'hosted' ? '' : given.encode(tool.name, tool.namespace)))
  expect(new Set(names).size).toBe(2)
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'hosted' || tool.namespace === undefined) continue
    expect(given.changed.get(names[index] ?? '')).toEqual({ name: tool.name, namespace: tool.namespace })
  }
})

test.each(['openai-chat', 'anthropic-messages', 'gemini', 'bedrock-converse'] as const)(
  'TLD-12 TLD-13 TLC-04 a custom tool of a namespace is forced by the name that %s knows it by',
  (id) => {
    const tools: Tool[] = [{ type: 'custom', name: 'patch', namespace: 'ns' }]
    const request = placed({ ...BASE, tools, toolChoice: { type: 'tool', name: 'patch' } })
    const target = { model: 'claude-opus-5', capabilities: capabilitiesOf('claude-opus-5') }
    const { body } = UPSTREAM_DIALECTS[id].upstream?.encodeRequest(request, target) ?? {}
    expect(JSON.stringify(body).match(/"ns__patch"/g)).toHaveLength(2)
    expect(JSON.stringify(body)).not.toContain('"patch"')
  },
)
