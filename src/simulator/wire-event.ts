/**
 * One event of a stream. `stage` says what a fault may leave out: `head` comes before any content, `finish` tells why
 * the answer ended, `terminal` closes the stream.
 */
export interface WireEvent {
  readonly name?: string
  /** One line, usually JSON. */
  readonly data: string
  readonly stage: 'head' | 'content' | 'finish' | 'terminal'
}

export type Framing = 'sse' | 'sse-crlf' | 'json-array'

/** The bytes of an event, as text. `position` counts the events before it in the stream. */
export function frameEvent(event: WireEvent, framing: Framing, position: number): string {
  if (framing === 'json-array') return `${position === 0 ? '[' : ',\r\n'}${event.data}`
  const lineEnd = framing === 'sse' ? '\n' : '\r\n'
  const name = event.name === undefined ? '' : `event: ${event.name}${lineEnd}`
  return `${name}data: ${event.data}${lineEnd}${lineEnd}`
}

export function frameComment(text: string, framing: Framing): string {
  if (framing === 'json-array') return ''
  const lineEnd = framing === 'sse' ? '\n' : '\r\n'
  return `: ${text}${lineEnd}${lineEnd}`
}

export function frameEnd(framing: Framing, eventCount: number): string {
  if (framing !== 'json-array') return ''
  return eventCount === 0 ? '[]' : ']'
}
