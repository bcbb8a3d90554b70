import type { IncomingHttpHeaders } from 'node:http'
import type { Transform } from 'node:stream'
import { GatewayError } from '../core/errors.ts'
import { createDecompressor } from '../wire/content-encoding.ts'
import type { Relay } from './relay.ts'

/**
 * What unpacks an answer whose upstream packed it although it was asked not to; undefined where nothing has to. Files and the like, which
 * nobody here reads, pass as they are.
 */
export function unpackerFor(headers: IncomingHttpHeaders, isConversation: boolean): Transform | undefined {
  const encoding = headers['content-encoding']
  if (encoding === undefined) return undefined
  const isRead = isConversation || /json|event-stream/.test(headers['content-type'] ?? '')
  return isRead ? createDecompressor(encoding) : undefined
}

/** Unpacks an answer on its way into the relay that carries it. */
export class PackedRelay implements Relay {
  readonly #inner: Relay
  readonly #unpacker: Transform

  constructor(inner: Relay, unpacker: Transform) {
    this.#inner = inner
    this.#unpacker = unpacker
    unpacker.on('data', (chunk: Buffer) => inner.onData(chunk))
    unpacker.on('end', () => inner.onEnd())
    unpacker.on('error', (cause) => {
      const message = 'The provider sent an answer that cannot be unpacked.'
      inner.onFailure(new GatewayError('upstream_malformed', message, { cause }))
    })
  }

  onData(chunk: Buffer): void {
    this.#unpacker.write(chunk)
  }

  onEnd(): void {
    this.#unpacker.end()
  }

  onFailure(error: GatewayError): void {
    this.#unpacker.removeAllListeners()
    // closing it may fail once more, which changes nothing
    this.#unpacker.on('error', () => undefined)
    this.#unpacker.destroy()
    this.#inner.onFailure(error)
  }
}
