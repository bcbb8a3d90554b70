import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { answerShape, usageShape } from './answer-shape.ts'
import { type CandidateWriter, createCandidateWriter } from './candidate-writer.ts'
import { encodeError } from './errors.ts'

interface State {
  readonly context: AnswerContext
  /** The first candidate apart, which is all there is to most answers. */
  readonly main: CandidateWriter
  readonly others: Map<number, CandidateWriter>
  model: string
  usage: Usage | undefined
  hasEnded: boolean
}

/**
 * Our events as chunks for a client of Gemini's: text as it comes, calls whole, the finish reason and the counts in the last.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  const state: State = {
    context,
    main: createCandidateWriter(0, context),
    others: new Map(),
    model: '',
    usage: undefined,
    hasEnded: false,
  }
  return (event) => (state.hasEnded ? [] : onEvent(state, event))
}

function onEvent(state: State, event: StreamEvent): SseEvent[] {
  switch (event.type) {
    case 'start':
      state.model = event.model
      return []
    case 'usage':
      state.usage = event.usage
      return []
    case 'finish':
      return finish(state, event)
    case 'error':
      state.hasEnded = true
      return [{ data: JSON.stringify(encodeError(event.error).body) }]
    case 'ping':
    case 'dropped':
      return []
    default: {
      const candidate = writerOf(state, event).add(event)
      return candidate === undefined ? [] : [chunk(state, candidate)]
    }
  }
}

function writerOf({ main, others, context }: State, { choice }: StreamEvent): CandidateWriter {
  if (choice === undefined) return main
  const known = others.get(choice)
  if (known !== undefined) return known
  const writer = createCandidateWriter(choice, context)
  others.set(choice, writer)
  return writer
}

function finish(state: State, event: Extract<StreamEvent, { type: 'finish' }>): SseEvent[] {
  const candidate = writerOf(state, event).finish(event.finish)
  if (event.choice !== undefined) return [chunk(state, candidate)]
  state.hasEnded = true
  const counts = usageShape(event.usage ?? state.usage, event.serviceTier, state.context)
  return [chunk(state, candidate, counts)]
}

function chunk({ model, context }: State, candidate: JsonObject, usageMetadata?: JsonObject): SseEvent {
  return { data: JSON.stringify(answerShape([candidate], model, context, usageMetadata)) }
}
