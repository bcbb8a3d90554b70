import { EventStreamCodec } from '@smithy/eventstream-codec'
import { fromUtf8, toUtf8 } from '@smithy/util-utf8'
import type { Script } from './scripted-upstream.ts'

const codec = new EventStreamCodec(toUtf8, fromUtf8)

/** One message of an Amazon event stream, as Amazon's own encoder writes it. */
export function frame(headers: Readonly<Record<string, string>>, payload: object): Buffer {
  const values = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }] as const)
  const body = fromUtf8(JSON.stringify(payload))
  return Buffer.from(codec.encode({ headers: Object.fromEntries(values), body }))
}

export function event(type: string, payload: object): Buffer {
  return frame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    payload,
  )
}

export function exception(type: string, message: string): Buffer {
  return frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    { message },
  )
}

/** One event of the model's own, as Invoke wraps it: `p` is padding against those who listen for lengths. */
export function chunk(json: object): Buffer {
  return event('chunk', { bytes: Buffer.from(JSON.stringify(json)).toString('base64'), p: 'abcdefgh' })
}

/** Answers with frames, cut into pieces that are no frames. */
export function frames(messages: readonly Buffer[], { pieceBytes = 50 } = {}): Script {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
    const bytes = Buffer.concat(messages)
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      response.write(bytes.subarray(at, at + pieceBytes))
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  }
}
