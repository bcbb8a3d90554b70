import type { TokenLogprob } from './logprobs.ts'
import type { Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart } from './part.ts'
import type { Alternative, ChatResponse, Dropped, Finish } from './response.ts'
import type { StreamEvent } from './stream-event.ts'
import type { Usage } from './usage.ts'

type Open<Kind extends Part> = { -readonly [Key in keyof Kind]: Kind[Key] }

interface OpenPart {
  readonly chunks: string[]
  readonly part: Open<TextPart | RefusalPart | ReasoningPart | ToolCallPart>
  logprobs: TokenLogprob[] | undefined
}

/** One of the answers; most streams have one. */
interface Choice {
  /** In the order in which they began. */
  readonly parts: Part[]
  finish: Finish | undefined
}

interface State {
  upstreamId?: string
  model: string
  createdSeconds?: number
  readonly choices: Map<number, Choice>
  readonly open: Map<string, OpenPart>
  usage?: Usage
  serviceTier?: string
  readonly dropped: Dropped[]
}

/** The whole answer that a stream's events amount to: the same that the upstream would have sent unstreamed. Throws what it carried as `error`. */
export function foldStream(events: Iterable<StreamEvent>): ChatResponse {
  const state: State = { model: '', choices: new Map(), open: new Map(), dropped: [] }
  for (const event of events) step(state, event)
  // text is joined once: a tool argument may come in millions of pieces
  for (const open of state.open.values()) complete(open)
  const { upstreamId, createdSeconds, usage, serviceTier } = state
  const { parts, finish } = ended(choiceAt(state, 0))
  const alternatives = alternativesOf(state)
  return {
    model: state.model,
    parts,
    finish,
    dropped: state.dropped,
    ...(alternatives.length > 0 && { alternatives }),
    ...(upstreamId !== undefined && { upstreamId }),
    ...(createdSeconds !== undefined && { createdSeconds }),
    ...(usage !== undefined && { usage }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
}

function alternativesOf({ choices }: State): Alternative[] {
  const others = [...choices].filter(([index]) => index > 0).sort(([a], [b]) => a - b)
  return others.map(([, choice]) => ended(choice))
}

function ended({ parts, finish }: Choice): Alternative {
  return { parts, finish: finish ?? { unified: 'other' } }
}

function choiceAt({ choices }: State, index: number): Choice {
  const known = choices.get(index)
  if (known !== undefined) return known
  const choice: Choice = { parts: [], finish: undefined }
  choices.set(index, choice)
  return choice
}

function step(state: State, event: StreamEvent): void {
  switch (event.type) {
    case 'start':
      state.model = event.model
      if (event.upstreamId !== undefined) state.upstreamId = event.upstreamId
      if (event.createdSeconds !== undefined) state.createdSeconds = event.createdSeconds
      return
    case 'text-start':
    case 'refusal-start': {
      const type = event.type === 'text-start' ? 'text' : 'refusal'
      open(state, event, { type, text: '', ...(event.phase !== undefined && { phase: event.phase }) })
      return
    }
    case 'reasoning-start': {
      const { isSummary } = event
      open(state, event, { type: 'reasoning', text: '', ...(isSummary !== undefined && { isSummary }) })
      return
    }
    case 'tool-call-start': {
      const { callId, name, kind, namespace } = event
      const call = { type: 'tool-call', callId, name, kind, input: '' } as const
      open(state, event, { ...call, ...(namespace !== undefined && { namespace }) })
      return
    }
    case 'text-delta':
    case 'refusal-delta':
      append(state, event.id, event.text, event.logprobs)
      return
    case 'reasoning-delta':
      append(state, event.id, event.text)
      return
    case 'tool-call-delta':
      append(state, event.id, event.input)
      return
    case 'text-citation': {
      const part = state.open.get(event.id)?.part
      if (part?.type === 'text') part.citations = [...(part.citations ?? []), event.citation]
      return
    }
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end': {
      const part = state.open.get(event.id)?.part
      if (event.carrier !== undefined && part !== undefined && part.type !== 'refusal')
        part.carrier = event.carrier
      return
    }
    case 'hosted':
    case 'media':
      choiceAt(state, event.choice ?? 0).parts.push(event.part)
      return
    case 'usage':
      state.usage = event.usage
      return
    case 'dropped':
      state.dropped.push(event.dropped)
      return
    case 'finish':
      choiceAt(state, event.choice ?? 0).finish = event.finish
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

function open(state: State, event: { id: string; choice?: number }, part: OpenPart['part']): void {
  state.open.set(event.id, { chunks: [], part, logprobs: undefined })
  choiceAt(state, event.choice ?? 0).parts.push(part)
}

function append(state: State, id: string, text: string, logprobs?: readonly TokenLogprob[]): void {
  const open = state.open.get(id)
  if (open === undefined) return
  open.chunks.push(text)
  if (logprobs === undefined) return
  open.logprobs ??= []
  for (const token of logprobs) open.logprobs.push(token)
}

function complete({ chunks, part, logprobs }: OpenPart): void {
  const text = chunks.join('')
  if (part.type === 'tool-call') part.input = text
  else part.text = text
  if (logprobs !== undefined && (part.type === 'text' || part.type === 'refusal')) part.logprobs = logprobs
}
