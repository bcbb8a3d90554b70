import fc from 'fast-check'
import type { TokenLogprob } from '../../../src/ir/logprobs.ts'
import type { Part, ToolCallPart } from '../../../src/ir/part.ts'
import type { ChatResponse, Finish } from '../../../src/ir/response.ts'
import type { Usage } from '../../../src/ir/usage.ts'
import { toolName } from './conversations.ts'
import {
  carrier,
  hosted,
  jsonInput,
  madeMedia,
  merged,
  optionalOf,
  reasoning,
  refusal,
  saidText,
  words,
} from './parts.ts'

const count = fc.nat({ max: 5000 })

export const usage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cacheWriteLongTokens: count,
  inputAudioTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  outputAudioTokens: count,
  hostedToolCalls: fc.nat({ max: 3 }),
})

const finish: fc.Arbitrary<Finish> = fc.record(
  {
    unified: fc.constantFrom('stop', 'stop-sequence', 'length', 'tool-calls', 'refusal', 'pause', 'other'),
    raw: fc.constantFrom('end_turn', 'OTHER', 'made_up'),
    stopSequence: fc.constant('END'),
    explanation: words,
  },
  { requiredKeys: ['unified'] },
)

const toolCall: fc.Arbitrary<ToolCallPart> = merged(
  fc
    .tuple(toolName, fc.boolean(), fc.oneof(jsonInput, fc.constantFrom('', '{"cut":')), words)
    .map(([name, isCustom, input, text]) => ({
      type: 'tool-call' as const,
      callId: '',
      name,
      input: isCustom ? text : input,
      kind: isCustom ? ('custom' as const) : ('function' as const),
    })),
  optionalOf('namespace', fc.constant('mcp')),
  optionalOf('carrier', carrier),
)

const text = fc.oneof(
  { weight: 3, arbitrary: saidText },
  saidText.map((part) => ({ ...part, logprobs: logprobsOf(part.text) })),
)

const answerPart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 4, arbitrary: toolCall },
  { weight: 3, arbitrary: reasoning },
  { weight: 2, arbitrary: refusal },
  hosted,
  madeMedia,
)

/** One token per character. */
export function logprobsOf(said: string): TokenLogprob[] {
  return Array.from(said, (token) => {
    const bytes = token === 'H' ? {} : { bytes: [...Buffer.from(token)] }
    return { token, logprob: -0.5, ...bytes, alternatives: [{ token: 'x', logprob: -2 }] }
  })
}

/** Whether several answers were asked for, which only some formats can. */
export type Choices = 'one' | 'several'

const alternative = fc.record({ parts: fc.array(answerPart, { maxLength: 3 }), finish })

/** Whole answers with every kind of part, in any order, and every way to end. */
export function chatResponse(choices: Choices = 'one'): fc.Arbitrary<ChatResponse> {
  const head =
    choices === 'one'
      ? fc.constant({})
      : optionalOf('alternatives', fc.array(alternative, { minLength: 1, maxLength: 2 }))
  return fc.tuple(answer, head).map(([response, more]) => withIds({ ...response, ...more }))
}

const answer: fc.Arbitrary<ChatResponse> = fc.record(
  {
    upstreamId: fc.constant('upstream-1'),
    model: fc.constantFrom('served-model', ''),
    createdSeconds: fc.constant(1_800_000_000),
    parts: fc.array(answerPart, { maxLength: 5 }),
    finish,
    usage,
    serviceTier: fc.constantFrom('default', 'priority', 'standard', 'made_up'),
    dropped: fc.constant([]),
  },
  { requiredKeys: ['model', 'parts', 'finish', 'dropped'] },
)

/** Ids are unique within an answer. */
function withIds({ alternatives, ...response }: ChatResponse): ChatResponse {
  const others = alternatives?.map((other, index) => ({
    ...other,
    parts: numbered(other.parts, `${index + 1}_`),
  }))
  return {
    ...response,
    parts: numbered(response.parts, '0_'),
    ...(others !== undefined && { alternatives: others }),
  }
}

function numbered(parts: readonly Part[], prefix: string): Part[] {
  return parts.map((part, index) => {
    const number = `${prefix}${index}`
    if (part.type === 'tool-call') return { ...part, callId: `call_${number}` }
    if (part.type === 'hosted' && 'id' in part.wire)
      return { ...part, wire: { ...part.wire, id: `${String(part.wire.id)}${number}` } }
    return part
  })
}
