import { type Finish, textOfParts } from './answer.ts'
import { type Ask, PromptReader } from './ask.ts'
import type { Dialect } from './dialect.ts'
import { type JsonObject, listOf, numberOf, objectOf, textOf } from './json.ts'
import { errorBody, invalid } from './problem.ts'
import { readStop } from './read-chat.ts'
import { mintId, type Reply } from './reply.ts'
import { checkCompletions } from './strict-chat.ts'
import type { WireEvent } from './wire-event.ts'
import { writeUsage } from './write-chat.ts'

const DEFAULT_MAX_TOKENS = 16

const FINISH = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'stop',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
} as const satisfies Record<Finish, string>

/** The legacy Completions API. @see https://platform.openai.com/docs/api-reference/completions */
export const completions: Dialect = {
  id: 'completions',
  family: 'openai',
  read,
  check: checkCompletions,
  whole,
  events,
  errorEvent: (_reply, problem) => ({
    data: JSON.stringify(errorBody('openai', problem, '')),
    stage: 'content',
  }),
  contextLengthProblem: invalid(
    "This model's maximum context length is 8192 tokens, however you requested 250016 tokens. Please reduce your prompt.",
    'prompt',
    'context_length_exceeded',
  ),
}

function read(body: JsonObject): Ask {
  const prompts = Array.isArray(body.prompt) ? listOf(body.prompt).map(textOf) : [textOf(body.prompt)]
  const prompt = new PromptReader()
  for (const text of prompts) prompt.addText(text)
  return {
    blocks: prompt.blocks,
    lastUserText: prompts.at(-1) ?? '',
    toolResults: [],
    attachments: prompt.attachments,
    tools: [],
    toolChoice: { type: 'none' },
    isParallel: false,
    maxOutputTokens: numberOf(body.max_tokens) ?? DEFAULT_MAX_TOKENS,
    stopSequences: readStop(body.stop),
    hasReasoning: false,
    format: undefined,
    choiceCount: prompts.length * (numberOf(body.n) ?? 1),
  }
}

function frame(reply: Reply): JsonObject {
  const id = mintId('cmpl-', reply.number)
  return { id, object: 'text_completion', created: reply.createdSeconds, model: reply.model }
}

function choice(index: number, text: string, finish: string | null): JsonObject {
  return { text, index, logprobs: null, finish_reason: finish }
}

function whole(reply: Reply): JsonObject {
  const choices = reply.answers.map((answer, index) => {
    const text = textOfParts(answer, 'text') ?? textOfParts(answer, 'refusal') ?? ''
    return choice(index, text, FINISH[answer.finish])
  })
  return { ...frame(reply), choices, usage: writeUsage(reply) }
}

function events(reply: Reply): WireEvent[] {
  const isUsageWanted = objectOf(reply.body.stream_options).include_usage === true
  const chunk = (
    stage: WireEvent['stage'],
    choices: readonly JsonObject[],
    usage: JsonObject | null = null,
  ) => {
    const data = JSON.stringify({ ...frame(reply), choices, ...(isUsageWanted ? { usage } : {}) })
    return { data, stage }
  }
  const content = reply.answers.flatMap((answer, index) =>
    answer.parts.flatMap((part) =>
      part.pieces.map((piece) => chunk('content', [choice(index, piece, null)])),
    ),
  )
  const finishes = reply.answers.map((answer, index) =>
    chunk('finish', [choice(index, '', FINISH[answer.finish])]),
  )
  const usage = isUsageWanted ? [chunk('finish', [], writeUsage(reply))] : []
  return [...content, ...finishes, ...usage, { data: '[DONE]', stage: 'terminal' }]
}
