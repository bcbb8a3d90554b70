import type { AnswerContext } from '../../ir/conversion.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { encodeOpenAiError } from '../openai-errors.ts'
import { encodeChoicesUsage } from '../openai-usage.ts'
import { type ChoiceWriter, createChoiceWriter } from './choice-writer.ts'
import { type ChunkWriter, createChunkWriter } from './chunk-writer.ts'
import { encodeTier } from './encode-response.ts'

interface State {
  readonly write: ChunkWriter
  readonly context: AnswerContext
  /** The first choice apart, which is all there is to most streams. */
  readonly main: ChoiceWriter
  readonly others: Map<number, ChoiceWriter>
  hasEnded: boolean
}

/**
 * Our events as chunks of a chat completion. Proofs of reasoning and annotations come in one delta behind the content: clients that add up
 * deltas and clients that keep the last one both get all of them. Throws `upstream_error` at the finish of an answer that is not complete and
 * cannot say so; an `error` may follow.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  const write = createChunkWriter(context)
  const state: State = {
    write,
    context,
    main: createChoiceWriter(0, write, context),
    others: new Map(),
    hasEnded: false,
  }
  return (event) => (state.hasEnded ? [] : step(state, event))
}

function step(state: State, event: StreamEvent): SseEvent[] {
  switch (event.type) {
    case 'start':
      state.write.open(event)
      return []
    case 'finish':
      return event.choice === undefined ? onFinish(state, event) : writerOf(state, event).finish(event.finish)
    case 'error':
      return fail(state, event.error)
    case 'usage':
    case 'ping':
    case 'dropped':
      return []
    default:
      return writerOf(state, event).add(event)
  }
}

function writerOf({ main, others, write, context }: State, { choice }: StreamEvent): ChoiceWriter {
  if (choice === undefined) return main
  const known = others.get(choice)
  if (known !== undefined) return known
  const writer = createChoiceWriter(choice, write, context)
  others.set(choice, writer)
  return writer
}

function onFinish(state: State, event: Extract<StreamEvent, { type: 'finish' }>): SseEvent[] {
  const { write, context, main } = state
  const chunks = main.finish(event.finish, encodeTier(event.serviceTier, context))
  state.hasEnded = true
  const usage = event.usage === undefined ? [] : write.usage(encodeChoicesUsage(event.usage))
  return [...chunks, ...usage, { data: '[DONE]' }]
}

/** No [DONE] behind it: to a client that would read as a clean end. */
function fail(state: State, error: Parameters<typeof encodeOpenAiError>[0]): SseEvent[] {
  state.hasEnded = true
  return [{ data: JSON.stringify(encodeOpenAiError(error).body) }]
}
