import type { ServerResponse } from 'node:http'

/** Bytes to write, after a pause. */
export interface Step {
  readonly text: string
  readonly waitMs: number
}

/** A body as a list of steps, and what becomes of the connection after the last one. */
export interface Playback {
  readonly steps: readonly Step[]
  readonly ending: 'end' | 'destroy' | 'hang'
}

const MAX_BATCH_LETTERS = 16 * 1024

/**
 * Writes a body step by step, no faster than the client reads. The head must be set with `writeHead` before. Whatever is
 * pending dies with the connection.
 */
export function play(response: ServerResponse, { steps, ending }: Playback): void {
  let index = 0
  let hasWaited = false
  const advance = (): void => {
    let batch = ''
    for (let step = steps[index]; step && !response.destroyed; step = steps[index]) {
      if (step.waitMs > 0 && !hasWaited) {
        flush(response, batch)
        pause(response, step.waitMs, resume)
        return
      }
      hasWaited = false
      batch += step.text
      index += 1
      if (batch.length < MAX_BATCH_LETTERS) continue
      if (!response.write(batch)) {
        response.once('drain', advance)
        return
      }
      batch = ''
    }
    finish(response, batch, ending)
  }
  const resume = (): void => {
    hasWaited = true
    advance()
  }
  advance()
}

/** Closes the connection of a response after what was written has left, without ending the response. */
export function cutConnection(response: ServerResponse): void {
  markAsCutHere(response)
  // destroySoon waits for the bytes handed over so far, also for those that the response still holds in its cork
  setImmediate(() => response.socket?.destroySoon())
}

/** Resets the connection of a response, so that its client sees ECONNRESET. */
export function resetConnection(response: ServerResponse): void {
  markAsCutHere(response)
  response.socket?.resetAndDestroy()
}

/** Whether it was the simulator that broke the connection of a response. */
export function isCutHere(response: ServerResponse): boolean {
  return CUT_HERE.has(response)
}

const CUT_HERE = new WeakSet<ServerResponse>()

function markAsCutHere(response: ServerResponse): void {
  CUT_HERE.add(response)
}

function pause(response: ServerResponse, waitMs: number, resume: () => void): void {
  const timer = setTimeout(() => {
    response.off('close', stop)
    resume()
  }, waitMs)
  const stop = (): void => clearTimeout(timer)
  response.once('close', stop)
}

function flush(response: ServerResponse, text: string): void {
  if (text === '') response.flushHeaders()
  else response.write(text)
}

function finish(response: ServerResponse, text: string, ending: Playback['ending']): void {
  if (response.destroyed) return
  if (ending === 'end') {
    response.end(text)
    return
  }
  flush(response, text)
  if (ending === 'destroy') cutConnection(response)
}
