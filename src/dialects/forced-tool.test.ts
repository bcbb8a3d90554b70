import { describe, expect, test } from 'vitest'
import type { ModelCapabilities } from '../ir/capabilities.ts'
import type { ChatRequest, Message, Tool, ToolChoice } from '../ir/request.ts'
import { capabilitiesOf } from '../providers/models/index.ts'
import { emulateForcedTool } from './forced-tool.ts'
import { Places, placeOf, withPlaces } from './places.ts'

const EMULATED: ModelCapabilities = { ...capabilitiesOf('claude-opus-5-5'), forcedTools: 'emulate' }

const tool = (name: string, more: object = {}): Tool => ({ type: 'function', name, ...more })
const TOOLS: readonly Tool[] = [
  tool('look'),
  tool('listen'),
  { type: 'custom', name: 'write' },
  { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: { type: 'web_search' } },
]
const user: Message = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] }
const system = (text: string, authority?: 'developer'): Message => ({
  role: 'system',
  parts: [{ type: 'text', text }],
  ...(authority !== undefined && { authority }),
})

function asking(toolChoice: ToolChoice | undefined, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    source: 'openai-chat',
    model: 'm',
    isStreaming: false,
    messages: [user],
    tools: TOOLS,
    ...(toolChoice !== undefined && { toolChoice }),
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
    ...more,
  }
}

function emulated(toolChoice: ToolChoice, more?: Partial<ChatRequest>) {
  const { request, capabilities, dropped } = emulateForcedTool(asking(toolChoice, more), EMULATED)
  const names = request.tools.map((one) => (one.type === 'hosted' ? one.kind : one.name))
  const [first] = request.messages
  const told = first?.role === 'system' ? first.parts.map(({ text }) => text) : []
  return { request, capabilities, dropped, names, told }
}

describe('TLC-09 a forced choice that is emulated', () => {
  const rows: [how: string, choice: ToolChoice, offered: string[], told: RegExp][] = [
    ['one tool', { type: 'tool', name: 'listen' }, ['listen'], /must call the tool "listen"\./],
    ['one tool of free text', { type: 'tool', name: 'write' }, ['write'], /must call the tool "write"\./],
    [
      'some of them',
      { type: 'allowed', mode: 'required', names: ['listen', 'look'] },
      ['look', 'listen'],
      /at least one of these tools: "look", "listen"\./,
    ],
    [
      'any of them',
      { type: 'required' },
      ['look', 'listen', 'write', 'web_search'],
      /at least one of the tools that you have been given\./,
    ],
  ]
  test.each(rows)('of %s is left to the model, which is told', (_how, choice, offered, sentence) => {
    const { request, capabilities, dropped, names, told } = emulated(choice)
    expect(request.toolChoice).toEqual({ type: 'auto' })
    expect(names).toEqual(offered)
    expect(told).toEqual([expect.stringMatching(sentence)])
    expect(request.messages.slice(1)).toEqual([user])
    expect(dropped).toMatchObject([{ path: 'tool_choice', action: 'approximated' }])
    expect(dropped[0]).not.toHaveProperty('isHarmless')
    expect(capabilities).toEqual({ ...EMULATED, forcedTools: 'no' })
  })

  test('is reported where the client said it', () => {
    const places = new Places()
    const choice = places.note<ToolChoice>({ type: 'tool', name: 'look' }, 'function_call')
    const asked = withPlaces(asking(choice, { extras: [] }), places)
    const { request, dropped } = emulateForcedTool(asked, EMULATED)
    expect(dropped[0]?.path).toBe('function_call')
    expect(placeOf(request, request.messages[0])).toBe('function_call')
    expect(emulated({ type: 'required' }, { source: 'gemini' }).dropped[0]?.path).toBe(
      'toolConfig.functionCallingConfig',
    )
  })

  test('adds to the end of the system prompt, in the words of the client’s last part of it', () => {
    const messages = [system('A'), system('B', 'developer'), user, system('C')]
    const { request } = emulated({ type: 'tool', name: 'look' }, { messages })
    expect(request.messages).toHaveLength(4)
    expect(request.messages[0]).toBe(messages[0])
    expect(request.messages[1]).toMatchObject({
      authority: 'developer',
      parts: [{ text: 'B' }, { text: expect.stringContaining('"look"') as string }],
    })
    expect(request.messages.slice(2)).toEqual(messages.slice(2))
  })

  test('is the same, byte for byte, however the conversation went on, and leaves the client’s request alone', () => {
    const asked = asking({ type: 'tool', name: 'look' })
    const before = JSON.stringify(asked)
    const first = emulateForcedTool(asked, EMULATED).request
    const later = emulateForcedTool({ ...asked, messages: [user, user, user] }, EMULATED).request
    expect(JSON.stringify(later.messages[0])).toBe(JSON.stringify(first.messages[0]))
    expect(JSON.stringify(emulateForcedTool(asked, EMULATED).request)).toBe(JSON.stringify(first))
    expect(JSON.stringify(asked)).toBe(before)
  })

  test.each([tool('look.at'), tool('9lives'), tool('say "hi"\n'), tool('look', { namespace: 'eyes' })])(
    'names no tool that an upstream may hear by another name: %j',
    (only) => {
      const name = only.type === 'hosted' ? '' : only.name
      const { names, told } = emulated({ type: 'tool', name }, { tools: [only, tool('other')] })
      expect(names).toEqual([name])
      expect(told).toEqual([expect.stringMatching(/one of the tools that you have been given\. Do not/)])
    },
  )
})

describe('TLC-09 what is no affair of an emulation stays as it is', () => {
  const grammar = { type: 'custom', name: 'sql', grammar: { syntax: 'lark', definition: 'x' } } as const
  test.each<[string, ChatRequest]>([
    ['no choice', asking(undefined)],
    ['auto', asking({ type: 'auto' })],
    ['none', asking({ type: 'none' })],
    ['a free choice of some', asking({ type: 'allowed', mode: 'auto', names: ['look'] })],
    ['a tool of a provider', asking({ type: 'hosted', dialect: 'openai-responses', wire: {} })],
    ['a tool that is none', asking({ type: 'tool', name: 'nobody' })],
    ['a choice without tools', asking({ type: 'required' }, { tools: [] })],
    ['a grammar that must be followed', asking({ type: 'tool', name: 'sql' }, { tools: [grammar] })],
  ])('%s', (_what, asked) => {
    const { request, capabilities, dropped } = emulateForcedTool(asked, EMULATED)
    expect(request).toBe(asked)
    expect(dropped).toEqual([])
    // so that encoders refuse what is forced all the same
    expect(capabilities.forcedTools).toBe('no')
  })

  test.each(['yes', 'no', 'without-thinking'] as const)('a model that says %s', (forcedTools) => {
    const asked = asking({ type: 'required' })
    const known = { ...EMULATED, forcedTools }
    expect(emulateForcedTool(asked, known)).toEqual({ request: asked, capabilities: known, dropped: [] })
  })
})
