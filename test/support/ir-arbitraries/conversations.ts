import fc from 'fast-check'
import type { Part, TextPart, ToolCallPart, ToolResultPart } from '../../../src/ir/part.ts'
import type { Message, Tool } from '../../../src/ir/request.ts'
import {
  audio,
  carrier,
  document,
  hosted,
  image,
  jsonInput,
  merged,
  optionalOf,
  plainText,
  reasoning,
  refusal,
  saidText,
  video,
  words,
} from './parts.ts'

/** Names that every format takes, and such as only some do. */
export const toolName = fc.constantFrom('get_weather', 'f', 'mcp__a-b', 'files.read', 'Größe', 'x'.repeat(80))

const userPart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 20, arbitrary: plainText },
  { weight: 8, arbitrary: image },
  { weight: 4, arbitrary: document },
  audio,
  video,
)

const saidPart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 3, arbitrary: saidText },
  { weight: 2, arbitrary: reasoning },
  refusal,
  hosted,
)

/** A call, and what came of it. */
interface Exchange {
  readonly call: Omit<ToolCallPart, 'callId'>
  readonly result: Pick<ToolResultPart, 'content' | 'isError' | 'json'>
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  call: fc
    .tuple(toolName, fc.boolean(), jsonInput, words, optionalOf('carrier', carrier))
    .map(([name, isCustom, input, text, proof]) => ({
      type: 'tool-call' as const,
      name,
      input: isCustom ? text : input,
      kind: isCustom ? ('custom' as const) : ('function' as const),
      ...proof,
    })),
  result: merged(
    fc.record({
      content: fc.array(fc.oneof({ weight: 3, arbitrary: plainText }, image, document), { maxLength: 2 }),
      isError: fc.boolean(),
    }),
    optionalOf('json', fc.constant({ degrees: 21 })),
  ),
})

interface Turn {
  readonly asked: readonly Part[]
  readonly said: readonly Part[]
  readonly exchanges: readonly Exchange[]
  readonly conclusion: TextPart
  readonly system: TextPart | undefined
}

const turn: fc.Arbitrary<Turn> = fc.record({
  asked: fc.array(userPart, { minLength: 1, maxLength: 3 }),
  said: fc.array(saidPart, { maxLength: 3 }),
  exchanges: fc.array(exchange, { maxLength: 3 }),
  conclusion: plainText,
  system: fc.option(plainText, { nil: undefined }),
})

/** Conversations that hold together: every call has its result behind it, and the user speaks last. */
export const conversation: fc.Arbitrary<readonly Message[]> = fc
  .tuple(
    fc.array(plainText, { maxLength: 2 }),
    fc.constantFrom(undefined, 'system', 'developer'),
    fc.array(turn, { maxLength: 2 }),
    fc.array(userPart, { minLength: 1, maxLength: 3 }),
  )
  .map(([system, authority, turns, last]) => [
    ...(system.length > 0 ? [systemMessage(system, authority)] : []),
    ...turns.flatMap(messagesOf),
    { role: 'user', parts: last },
  ])

function systemMessage(parts: readonly TextPart[], authority: 'system' | 'developer' | undefined): Message {
  return { role: 'system', parts, ...(authority !== undefined && { authority }) }
}

function messagesOf({ asked, said, exchanges, conclusion, system }: Turn, turnIndex: number): Message[] {
  const callId = (index: number) => `call_${turnIndex}_${index}`
  const calls = exchanges.map(({ call }, index): Part => ({ ...call, callId: callId(index) }))
  const results = exchanges.map(
    ({ call, result }, index): Part => ({
      type: 'tool-result',
      callId: callId(index),
      name: call.name,
      kind: call.kind,
      ...result,
    }),
  )
  const answer = [...said, ...calls]
  return [
    { role: 'user', parts: asked },
    ...(answer.length > 0 ? [{ role: 'assistant', parts: answer } as const] : []),
    ...(results.length > 0 ? [{ role: 'user', parts: results } as const] : []),
    ...(system === undefined ? [] : [systemMessage([system], 'system')]),
    { role: 'assistant', parts: [conclusion] },
  ]
}

const parameters = fc.constantFrom(
  {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  { type: 'object', properties: {} },
  {
    type: 'object',
    properties: {
      items: { type: 'array', items: { $ref: '#/$defs/item' }, minItems: 1 },
      unit: { enum: ['C', 'F', null] },
      either: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
    },
    $defs: {
      item: { type: 'object', properties: { n: { type: ['integer', 'null'], exclusiveMinimum: 0 } } },
    },
  },
  { anyOf: [{ type: 'object', properties: { a: { const: 1 } } }, { type: 'object' }] },
)

const functionTool: fc.Arbitrary<Tool> = fc.record(
  {
    type: fc.constant('function' as const),
    name: toolName,
    description: words,
    parameters,
    isStrict: fc.boolean(),
    namespace: fc.constant('mcp'),
    isDeferred: fc.boolean(),
    hasCacheBreakpoint: fc.constantFrom('short' as const, 'long' as const),
  },
  { requiredKeys: ['type', 'name'] },
)

const customTool: fc.Arbitrary<Tool> = fc.record(
  {
    type: fc.constant('custom' as const),
    name: toolName,
    description: words,
    grammar: fc.constant({ syntax: 'lark', definition: 'start: "x"' }),
  },
  { requiredKeys: ['type', 'name'] },
)

const hostedTool: fc.Arbitrary<Tool> = fc.constantFrom<Tool>(
  { type: 'hosted', dialect: 'openai-responses', kind: 'web_search', wire: { type: 'web_search' } },
  {
    type: 'hosted',
    dialect: 'anthropic-messages',
    kind: 'web_search_20250305',
    wire: { type: 'web_search_20250305', name: 'web_search' },
  },
  { type: 'hosted', dialect: 'gemini', kind: 'googleSearch', wire: { googleSearch: {} } },
)

/** Tools, their names unique. */
export const tools: fc.Arbitrary<readonly Tool[]> = fc.uniqueArray(
  fc.oneof({ weight: 5, arbitrary: functionTool }, { weight: 2, arbitrary: customTool }, hostedTool),
  { maxLength: 4, selector: (tool) => (tool.type === 'hosted' ? `${tool.dialect} hosted` : tool.name) },
)
