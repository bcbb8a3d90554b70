/** Where in its current line a stream of SSE bytes stands between two chunks. */
export interface LineState {
  /** Nothing has been seen on this line yet. */
  isLineEmpty: boolean
  /** The last byte was a CR, so that a LF right after it belongs to the same line end. */
  isAfterCr: boolean
}

export function createLineState(): LineState {
  return { isLineEmpty: true, isAfterCr: false }
}

const LF = 0x0a
const CR = 0x0d

/**
 * The offsets in `chunk` just behind each blank line, which is where SSE events end. `state` carries over to the next chunk, so
 * bytes may be cut anywhere. LF, CRLF and CR all end lines.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function findEventEnds(state: LineState, chunk: Buffer): number[] {
  if (!state.isAfterCr && chunk.indexOf(CR) === -1) return findEventEndsByLf(state, chunk)
  return findEventEndsByAny(state, chunk)
}

/** The common case, at the speed of the native `indexOf`. */
function findEventEndsByLf(state: LineState, chunk: Buffer): number[] {
  const ends: number[] = []
  let lineStart = 0
  let isLineEmpty = state.isLineEmpty
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, lineStart)) {
    if (isLineEmpty && at === lineStart) ends.push(at + 1)
    lineStart = at + 1
    isLineEmpty = true
  }
  state.isLineEmpty = isLineEmpty && lineStart === chunk.length
  return ends
}

function findEventEndsByAny(state: LineState, chunk: Buffer): number[] {
  const ends: number[] = []
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at]
    if (byte === LF && state.isAfterCr) {
      state.isAfterCr = false
      // the LF of a CRLF whose CR ended the event: it goes with that event
      if (ends.at(-1) === at) ends[ends.length - 1] = at + 1
      continue
    }
    state.isAfterCr = byte === CR
    if (byte !== LF && byte !== CR) {
      state.isLineEmpty = false
      continue
    }
    if (state.isLineEmpty) ends.push(at + 1)
    state.isLineEmpty = true
  }
  return ends
}
