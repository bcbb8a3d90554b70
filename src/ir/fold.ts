import type { Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart } from './part.ts'
import type { ChatResponse, Dropped, Finish } from './response.ts'
import type { StreamEvent } from './stream-event.ts'
import type { Usage } from './usage.ts'

type Open<Kind extends Part> = { -readonly [Key in keyof Kind]: Kind[Key] }

interface State {
  upstreamId?: string
  model: string
  createdSeconds?: number
  /** In the order in which they began. */
  readonly parts: Part[]
  readonly texts: Map<
    string,
    { chunks: string[]; part: Open<TextPart | RefusalPart | ReasoningPart | ToolCallPart> }
  >
  finish: Finish | undefined
  usage?: Usage
  serviceTier?: string
  readonly dropped: Dropped[]
}

/** The whole answer that a stream's events amount to: the same that the upstream would have sent unstreamed. Throws what it carried as `error`. */
export function foldStream(events: Iterable<StreamEvent>): ChatResponse {
  const state: State = { model: '', parts: [], texts: new Map(), finish: undefined, dropped: [] }
  for (const event of events) step(state, event)
  // text is joined once: a tool argument may come in millions of pieces
  for (const { chunks, part } of state.texts.values()) writeText(part, chunks.join(''))
  const { upstreamId, createdSeconds, usage, serviceTier } = state
  return {
    model: state.model,
    parts: state.parts,
    finish: state.finish ?? { unified: 'other' },
    dropped: state.dropped,
    ...(upstreamId !== undefined && { upstreamId }),
    ...(createdSeconds !== undefined && { createdSeconds }),
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
}

function step(state: State, event: StreamEvent): void {
  switch (event.type) {
    case 'start':
      state.model = event.model
      if (event.upstreamId !== undefined) state.upstreamId = event.upstreamId
      if (event.createdSeconds !== undefined) state.createdSeconds = event.createdSeconds
      return
    case 'text-start':
      open(state, event.id, { type: 'text', text: '' })
      return
    case 'refusal-start':
      open(state, event.id, { type: 'refusal', text: '' })
      return
    case 'reasoning-start':
      open(state, event.id, {
        type: 'reasoning',
        text: '',
        ...(event.isSummary !== undefined && { isSummary: event.isSummary }),
      })
      return
    case 'tool-call-start': {
      const { callId, name, kind, namespace } = event
      open(state, event.id, {
        type: 'tool-call',
        callId,
        name,
        kind,
        input: '',
        ...(namespace !== undefined && { namespace }),
      })
      return
    }
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      state.texts.get(event.id)?.chunks.push(event.text)
      return
    case 'tool-call-delta':
      state.texts.get(event.id)?.chunks.push(event.input)
      return
    case 'text-citation': {
      const part = state.texts.get(event.id)?.part
      if (part?.type === 'text') part.citations = [...(part.citations ?? []), event.citation]
      return
    }
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end': {
      const part = state.texts.get(event.id)?.part
      if (event.carrier !== undefined && part !== undefined && part.type !== 'refusal')
        part.carrier = event.carrier
      return
    }
    case 'hosted':
      state.parts.push(event.part)
      return
    case 'usage':
      state.usage = event.usage
      return
    case 'dropped':
      state.dropped.push(event.dropped)
      return
    case 'finish':
      state.finish = event.finish
      if (event.usage !== undefined) state.usage = event.usage
      if (event.serviceTier !== undefined) state.serviceTier = event.serviceTier
      return
    case 'error':
      throw event.error
    case 'refusal-end':
    case 'ping':
      return
    default:
      event satisfies never
  }
}

function open(
  state: State,
  id: string,
  part: Open<TextPart | RefusalPart | ReasoningPart | ToolCallPart>,
): void {
  state.texts.set(id, { chunks: [], part })
  state.parts.push(part)
}

function writeText(part: Open<TextPart | RefusalPart | ReasoningPart | ToolCallPart>, text: string): void {
  if (part.type === 'tool-call') part.input = text
  else part.text = text
}
