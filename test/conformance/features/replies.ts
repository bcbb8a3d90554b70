import type { JsonObject } from '../../../src/core/json.ts'
import type { Answer } from '../../../src/simulator/answer.ts'
import { anthropic } from '../../../src/simulator/anthropic.ts'
import { chat } from '../../../src/simulator/chat.ts'
import type { Dialect } from '../../../src/simulator/dialect.ts'
import { gemini } from '../../../src/simulator/gemini.ts'
import type { Reply, ReplyUsage } from '../../../src/simulator/reply.ts'
import { responses } from '../../../src/simulator/responses.ts'
import type { AnswerFeature, Answering, UpstreamAnswer, UpstreamId } from './feature.ts'

/** The simulated provider's own writers, which share no code with the gateway: what upstreams of each format answer. */
const WRITERS: Readonly<Record<UpstreamId, Dialect>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': anthropic,
  gemini,
}

const MODEL: Readonly<Record<UpstreamId, string>> = {
  // the name by which the simulator shows its reasoning in Chat
  'openai-chat': 'deepseek-reasoner',
  'openai-responses': 'gpt-5.6',
  'anthropic-messages': 'claude-opus-4-8',
  gemini: 'gemini-3-pro',
}

/** The simulated provider shows its reasoning to whoever asks. */
const SHOWING: Readonly<Record<UpstreamId, JsonObject>> = {
  'openai-chat': {},
  'openai-responses': { reasoning: { effort: 'low', summary: 'auto' } },
  'anthropic-messages': { thinking: { type: 'adaptive', display: 'summarized' } },
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
}

const USAGE: ReplyUsage = {
  inputTokens: 100,
  cacheReadTokens: 40,
  cacheWriteTokens: 0,
  isLongLivedCache: false,
  outputTokens: 30,
  reasoningTokens: 10,
}

/** What a model says, as every upstream would answer it. */
export function replies(
  answer: Pick<Answer, 'parts' | 'finish'> & { readonly stopSequence?: string },
): AnswerFeature['answers'] {
  const entries = Object.keys(WRITERS).map((id) => [id, reply(id as UpstreamId, answer)])
  return Object.fromEntries(entries) as Record<UpstreamId, Answering>
}

function reply(id: UpstreamId, { parts, finish, stopSequence }: Parameters<typeof replies>[0]): Answering {
  const writer = WRITERS[id]
  return (request) => {
    const body = { ...request, ...SHOWING[id] }
    const answer: Answer = { parts, finish, stopSequence, outputTokens: 30, reasoningTokens: 10 }
    const model = MODEL[id]
    const written: Reply = {
      number: 1,
      createdSeconds: 1_790_000_000,
      model,
      body,
      ask: writer.read(body, model),
      answers: [answer],
      usage: USAGE,
    }
    return { whole: writer.whole(written), events: writer.events(written).map(sseOf) }
  }
}

function sseOf({ name, data }: { name?: string; data: string }): UpstreamAnswer['events'][number] {
  return { data, ...(name !== undefined && { event: name }) }
}

/** An answer written by hand, for what the simulated provider never says; its stream is told by the writer of its format. */
export function written(
  whole: JsonObject,
  events: readonly JsonObject[],
  end: readonly string[] = [],
): Answering {
  return () => ({
    whole,
    events: [
      ...events.map((event) => ({
        data: JSON.stringify(event),
        ...(typeof event.type === 'string' && { event: event.type }),
      })),
      ...end.map((data) => ({ data })),
    ],
  })
}
