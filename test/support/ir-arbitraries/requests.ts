import fc from 'fast-check'
import type { DialectId } from '../../../src/core/dialect-id.ts'
import type { Part } from '../../../src/ir/part.ts'
import {
  type ChatRequest,
  EFFORTS,
  type Message,
  type OutputFormat,
  type Sampling,
  type Tool,
  type ToolChoice,
} from '../../../src/ir/request.ts'
import { conversation, tools } from './conversations.ts'
import { dialectId, words } from './parts.ts'

const sampling: fc.Arbitrary<Sampling> = fc.record(
  {
    temperature: fc.constantFrom(0, 0.7, 1, 1.5, 2),
    topP: fc.constantFrom(0.1, 0.99, 1),
    topK: fc.constantFrom(1, 40),
    seed: fc.constantFrom(0, 42),
    presencePenalty: fc.constantFrom(-2, 0, 0.5),
    frequencyPenalty: fc.constantFrom(-2, 0, 0.5),
    logprobs: fc.constantFrom(0, 5),
    choices: fc.constant(1),
  },
  { requiredKeys: [] },
)

const format: fc.Arbitrary<OutputFormat> = fc.oneof(
  fc.constantFrom<OutputFormat>({ type: 'text' }, { type: 'json' }),
  fc.record(
    {
      type: fc.constant('json-schema' as const),
      name: fc.constantFrom('answer', 'Antwort ä'),
      description: words,
      schema: fc.constantFrom(
        {
          type: 'object',
          properties: { a: { type: 'string' } },
          required: ['a'],
          additionalProperties: false,
        },
        { type: 'object', properties: { a: { type: 'integer', minimum: 1, maximum: 9 } } },
      ),
      isStrict: fc.boolean(),
    },
    { requiredKeys: ['type', 'schema'] },
  ),
)

/** Fields that have no settled place in the representation. */
const rest = fc.record(
  {
    allowsParallelCalls: fc.boolean(),
    maxOutputTokens: fc.constantFrom(1, 16, 4096, 60_000, 128_000, 1_000_000),
    reasoning: fc.record(
      {
        effort: fc.constantFrom(...EFFORTS),
        budgetTokens: fc.constantFrom(1024, 8000, 40_000),
        mode: fc.constantFrom(
          'adaptive' as const,
          'budget' as const,
          'disabled' as const,
          'between-tools' as const,
        ),
        summary: fc.constantFrom('none' as const, 'auto' as const, 'concise' as const, 'detailed' as const),
      },
      { requiredKeys: [] },
    ),
    format,
    verbosity: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
    serviceTier: fc.constantFrom(
      'auto' as const,
      'default' as const,
      'flex' as const,
      'priority' as const,
      'fast' as const,
    ),
    metadata: fc.dictionary(fc.constantFrom('team', 'user_id', 'run'), words, { maxKeys: 3 }),
    endUserId: fc.constantFrom('u1', `{"device":"${'d'.repeat(150)}"}`),
    caching: fc.record(
      {
        key: fc.constant('cache-key'),
        isAutomatic: fc.boolean(),
        lifetime: fc.constantFrom('short' as const, 'long' as const),
      },
      { requiredKeys: [] },
    ),
    isStored: fc.boolean(),
  },
  { requiredKeys: [] },
)

/**
 * Requests as decoders leave them, with every kind of part, tool and setting; what a target cannot do is among them, so encoders refuse
 * some. Nothing in them is meant for one provider alone (`extras` is empty).
 */
export function chatRequest(source: fc.Arbitrary<DialectId> = dialectId): fc.Arbitrary<ChatRequest> {
  return fc
    .record({
      source,
      isStreaming: fc.boolean(),
      wantsStreamUsage: fc.boolean(),
      messages: conversation,
      tools: fc.oneof(tools, fc.constant([])),
      stopSequences: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(words, { maxLength: 3 })),
      sampling: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, sampling),
      rest,
      choice: fc.nat(),
    })
    .map(({ rest: settings, choice, ...request }) => ({
      model: 'asked',
      extras: [],
      ...request,
      messages: request.messages.map((message) => atHome(message, request.source)),
      tools: request.tools.filter((tool) => isAtHome(tool, request.source)),
      ...settings,
      ...toolChoiceOf(request.tools, choice),
    }))
}

/** A client cannot say what only another format has words for. */
function isAtHome(something: Tool | Part, source: DialectId): boolean {
  return something.type !== 'hosted' || something.dialect === source
}

function atHome(message: Message, source: DialectId): Message {
  if (message.role === 'system') return message
  return { ...message, parts: message.parts.filter((part) => isAtHome(part, source)) }
}

function toolChoiceOf(offered: readonly Tool[], choice: number): { toolChoice?: ToolChoice } {
  const names = offered.flatMap((tool) => (tool.type === 'hosted' ? [] : [tool.name]))
  const [name] = names
  if (name === undefined) return {}
  const choices: readonly (ToolChoice | undefined)[] = [
    undefined,
    { type: 'auto' },
    { type: 'none' },
    { type: 'required' },
    { type: 'tool', name },
    { type: 'allowed', mode: choice % 2 === 0 ? 'auto' : 'required', names: names.slice(0, 2) },
  ]
  const toolChoice = choices[choice % choices.length]
  return toolChoice === undefined ? {} : { toolChoice }
}
