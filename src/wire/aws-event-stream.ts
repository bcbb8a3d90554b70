import { crc32 } from 'node:zlib'
import { GatewayError } from '../core/errors.ts'

/** One message of an Amazon event stream. Only headers that are text are kept: the others are of no use to us. */
export interface AwsMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

const PRELUDE_BYTES = 12
const CRC_BYTES = 4
/** Amazon's own bound is 24 MB. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

/**
 * Cuts bytes, which may arrive in any pieces, into the messages of an Amazon event stream.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html (the framing, which all services share)
 */
export class AwsEventStream {
  #chunks: Buffer[] = []
  #size = 0
  /** Length of the message that has begun; undefined before its prelude is there. */
  #needed: number | undefined

  /** The messages that ended in this chunk. Throws `upstream_malformed` where a checksum or a length is not right. */
  push(chunk: Buffer): AwsMessage[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    const messages: AwsMessage[] = []
    while (this.#size >= (this.#needed ?? PRELUDE_BYTES)) {
      const bytes = this.#joined()
      this.#needed ??= readPrelude(bytes)
      if (bytes.length < this.#needed) break
      messages.push(readMessage(bytes.subarray(0, this.#needed)))
      this.#chunks = [bytes.subarray(this.#needed)]
      this.#size -= this.#needed
      this.#needed = undefined
    }
    return messages
  }

  /** Part of a message has come whose rest has not: the stream may not end here. */
  get isInsideMessage(): boolean {
    return this.#size > 0
  }

  /** One buffer of all that waits; joined only when there is something to read, so that large messages cost no more than small ones. */
  #joined(): Buffer {
    const [first, ...others] = this.#chunks
    if (first !== undefined && others.length === 0) return first
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = [bytes]
    return bytes
  }
}

/** The whole message's length, which the prelude's own checksum vouches for. */
function readPrelude(bytes: Buffer): number {
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) throw malformed('a checksum is wrong')
  const total = bytes.readUInt32BE(0)
  const headers = bytes.readUInt32BE(4)
  if (total > MAX_MESSAGE_BYTES) throw malformed('a message does not end')
  if (PRELUDE_BYTES + headers + CRC_BYTES > total) throw malformed('a length is wrong')
  return total
}

function readMessage(message: Buffer): AwsMessage {
  const end = message.length - CRC_BYTES
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw malformed('a checksum is wrong')
  const payloadStart = PRELUDE_BYTES + message.readUInt32BE(4)
  return {
    headers: readHeaders(message.subarray(PRELUDE_BYTES, payloadStart)),
    payload: message.subarray(payloadStart, end),
  }
}

/** Bytes of a value by its type: true, false, byte, short, integer, long, and at the end timestamp and UUID. */
const VALUE_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }
const BYTES_TYPE = 6
const TEXT_TYPE = 7

function readHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {}
  let at = 0
  const take = (length: number) => {
    if (at + length > bytes.length) throw malformed('a header is cut')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const name = take(take(1).readUInt8()).toString('utf8')
    const type = take(1).readUInt8()
    const fixed = VALUE_BYTES[type]
    if (fixed === undefined && type !== BYTES_TYPE && type !== TEXT_TYPE)
      throw malformed('a header has a type that does not exist')
    const value = take(fixed ?? take(2).readUInt16BE())
    if (type === TEXT_TYPE) headers[name] = value.toString('utf8')
  }
  return headers
}

function malformed(problem: string): GatewayError {
  return new GatewayError('upstream_malformed', `The provider's event stream is damaged: ${problem}.`)
}
