import type { Dialect } from './dialect.ts'
import { streamProblem } from './failures.ts'
import { type Behaviour, behaviourOf } from './models.ts'
import type { Playback, Step } from './playback.ts'
import type { Reply } from './reply.ts'
import { type Framing, frameComment, frameEnd, frameEvent, type WireEvent } from './wire-event.ts'

export interface Pace {
  readonly chunkDelayMs: number
  readonly slowFirstTokenMs: number
}

const SLOW_CHUNK_DELAY_MS = 50

/** Everything that a streamed answer will do on its connection, faults included. */
export function planStream(dialect: Dialect, reply: Reply, framing: Framing, pace: Pace): Playback {
  const behaviour = behaviourOf(reply.model)
  const { events, ending } = applyFault(dialect, reply, behaviour)
  const lines = behaviour === 'crlf' && framing === 'sse' ? 'sse-crlf' : framing
  const steps = events.map((event, position): Step => {
    const text = frameEvent(event, lines, position)
    const comment = behaviour === 'comments' && position > 0 ? noise(dialect, lines) : ''
    return { text: comment + text, waitMs: waitBefore(event, behaviour, pace) }
  })
  if (behaviour === 'slow-first-token') delayContent(steps, events, dialect, pace)
  if (ending === 'end') steps.push({ text: frameEnd(lines, events.length), waitMs: 0 })
  return { steps, ending }
}

interface FaultyStream {
  readonly events: readonly WireEvent[]
  readonly ending: Playback['ending']
}

function applyFault(dialect: Dialect, reply: Reply, behaviour: Behaviour): FaultyStream {
  if (behaviour === 'first-event') {
    return { events: [dialect.errorEvent(reply, streamProblem(dialect.family), 0)], ending: 'end' }
  }
  const all = dialect.events(reply)
  switch (behaviour) {
    case 'cut':
      return { events: all.slice(0, middle(all)), ending: 'destroy' }
    case 'cut-early':
      return { events: all.filter((event) => event.stage === 'head').slice(0, 1), ending: 'destroy' }
    case 'stall':
      return { events: all.slice(0, middle(all)), ending: 'hang' }
    case 'end-early':
      return { events: all.filter(({ stage }) => stage === 'head' || stage === 'content'), ending: 'end' }
    case 'no-done':
      return { events: all.filter((event) => event.stage !== 'terminal'), ending: 'end' }
    case 'malformed':
      return {
        events: all.map((event, index) => (index === middle(all) ? breakJson(event) : event)),
        ending: 'end',
      }
    case 'in-stream':
      return { events: withError(dialect, reply, all.slice(0, middle(all))), ending: 'end' }
    default:
      return { events: all, ending: 'end' }
  }
}

/** The index of the event in the middle of the content. */
function middle(events: readonly WireEvent[]): number {
  const first = events.findIndex((event) => event.stage === 'content')
  const last = events.findLastIndex((event) => event.stage === 'content')
  return first < 0 ? 0 : Math.ceil((first + last) / 2)
}

function withError(dialect: Dialect, reply: Reply, events: readonly WireEvent[]): WireEvent[] {
  return [...events, dialect.errorEvent(reply, streamProblem(dialect.family), events.length)]
}

function breakJson(event: WireEvent): WireEvent {
  return { ...event, data: event.data.slice(0, Math.ceil(event.data.length / 2)) }
}

function noise(dialect: Dialect, framing: Framing): string {
  const ping: WireEvent = { name: 'ping', data: '{"type":"ping"}', stage: 'content' }
  const comment = frameComment('keep-alive', framing)
  return dialect.id === 'anthropic' ? comment + frameEvent(ping, framing, 1) : comment
}

function waitBefore(event: WireEvent, behaviour: Behaviour, { chunkDelayMs }: Pace): number {
  if (event.stage !== 'content' || behaviour === 'big') return 0
  return behaviour === 'slow' ? SLOW_CHUNK_DELAY_MS : chunkDelayMs
}

// Chat, Completions and Gemini have nothing to say before the first content
function delayContent(steps: Step[], events: readonly WireEvent[], dialect: Dialect, pace: Pace): void {
  const hasHead = dialect.id === 'anthropic' || dialect.id === 'responses'
  const index = hasHead ? events.findIndex((event) => event.stage !== 'head') : 0
  const step = steps[index]
  if (step) steps[index] = { ...step, waitMs: pace.slowFirstTokenMs }
}
