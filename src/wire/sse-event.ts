/** One server-sent event: its name (absent where no `event:` line was sent) and its data. */
export interface SseEvent {
  readonly event?: string
  readonly data: string
}

/**
 * Reads the bytes of one event, blank line included. Returns undefined where the block dispatches nothing: comments, `id:` and
 * `retry:` lines, blank lines alone.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function readSseEvent(block: Buffer): SseEvent | undefined {
  const text = block.toString('utf8')
  // one line of data and nothing else, which is what most events of most providers are
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2 && !text.includes('\r')) {
    return { data: text.slice(6, -2) }
  }
  return readLines(text)
}

function readLines(text: string): SseEvent | undefined {
  let event: string | undefined
  let data: string | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    const value = fieldOf(line, 'data')
    if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
    else event = fieldOf(line, 'event') ?? event
  }
  if (data === undefined) return undefined
  return event === undefined ? { data } : { event, data }
}

function fieldOf(line: string, name: string): string | undefined {
  // a stream may begin with a byte order mark
  const start = line.charCodeAt(0) === 0xfeff ? 1 : 0
  if (!line.startsWith(name, start)) return undefined
  const colon = start + name.length
  if (line.length === colon) return ''
  if (line[colon] !== ':') return undefined
  return line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
}

/** The event as bytes on the wire, LF line ends. `data` must be free of line breaks, as JSON text is. */
export function writeSseEvent(event: SseEvent): string {
  return event.event === undefined
    ? `data: ${event.data}\n\n`
    : `event: ${event.event}\ndata: ${event.data}\n\n`
}
