import { GatewayError, toGatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { decodeException } from '../dialects/bedrock-converse/errors.ts'
import { AwsEventStream, type AwsMessage } from '../wire/aws-event-stream.ts'
import type { Relay } from './relay.ts'

/**
 * Makes server-sent events of an Amazon event stream, for a relay that reads those. What Converse sends is named by its type; what
 * Invoke sends is the model's own event. An exception ends the stream as a failure, and so does damage.
 */
export class ReframedRelay implements Relay {
  readonly #inner: Relay
  readonly #stream = new AwsEventStream()
  #isOver = false

  constructor(inner: Relay) {
    this.#inner = inner
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    let out = ''
    try {
      for (const message of this.#stream.push(chunk)) out += toSse(message)
    } catch (thrown) {
      if (out !== '') this.#inner.onData(Buffer.from(out))
      this.onFailure(toGatewayError(thrown))
      return
    }
    if (out !== '') this.#inner.onData(Buffer.from(out))
  }

  onEnd(): void {
    if (this.#isOver) return
    if (this.#stream.isInsideMessage)
      this.onFailure(new GatewayError('upstream_cut', 'The provider broke off in the middle of a message.'))
    else this.#inner.onEnd()
  }

  onFailure(error: GatewayError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#inner.onFailure(error)
  }
}

/** Throws what the message says, where it is an exception. */
function toSse({ headers, payload }: AwsMessage): string {
  const type = headers[':event-type'] ?? ''
  switch (headers[':message-type']) {
    case 'event':
      return type === 'chunk'
        ? modelEvent(payload)
        : `event: ${oneLine(type)}\n${dataLines(payload.toString('utf8'))}\n\n`
    case 'exception':
      throw decodeException(headers[':exception-type'] ?? '', parsed(payload))
    default:
      // Amazon's own trouble, without a body
      throw decodeException(headers[':error-code'] ?? '', { message: headers[':error-message'] })
  }
}

/** Invoke wraps each event of the model as base64. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html */
function modelEvent(payload: Buffer): string {
  const wrapper = parsed(payload)
  if (!isJsonObject(wrapper) || typeof wrapper.bytes !== 'string')
    throw new GatewayError('upstream_malformed', 'The provider sent a stream message without content.')
  const bytes = Buffer.from(wrapper.bytes, 'base64')
  const event = parsed(bytes)
  const name = isJsonObject(event) && typeof event.type === 'string' ? `event: ${oneLine(event.type)}\n` : ''
  return `${name}${dataLines(bytes.toString('utf8'))}\n\n`
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The provider sent a stream message that is not JSON.', {
      cause,
    })
  }
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, '')
}

function dataLines(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => `data: ${line}`)
    .join('\n')
}
