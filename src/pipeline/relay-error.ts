import { type ErrorCode, GatewayError } from '../core/errors.ts'
import { isJsonObject, textOf } from '../core/json.ts'
import type { UpstreamDialect } from '../dialects/dialect.ts'
import { rejectedAccount } from '../dialects/rejected-account.ts'
import type { Redactor } from '../telemetry/redact.ts'
import type { Headers } from '../wire/headers.ts'
import type { Answer, Relay } from './relay.ts'

/** Error bodies are short; what is longer is not one. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * An upstream's error. Its JSON is passed on as it is, status and all; anything else is wrapped, since a proxy's HTML page tells a
 * client nothing. A rejected credential is the operator's affair and never shown.
 */
export class ErrorRelay implements Relay {
  readonly #answer: Answer
  readonly #redactor: Redactor
  /** The client speaks another format: it gets the error in its own. */
  readonly #isConverted: boolean
  /** Whoever refuses before the model has seen anything does so in words of its own. */
  readonly #platform: UpstreamDialect | undefined
  readonly #nowMs: number
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(
    answer: Answer,
    options: {
      redactor: Redactor
      isConverted: boolean
      platform: UpstreamDialect | undefined
      nowMs: number
    },
  ) {
    this.#answer = answer
    this.#redactor = options.redactor
    this.#isConverted = options.isConverted
    this.#platform = options.platform
    this.#nowMs = options.nowMs
  }

  onData(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size <= MAX_BODY_BYTES) this.#chunks.push(chunk)
  }

  onEnd(): void {
    const { status, exchange, dialect, client, headers } = this.#answer
    const json = this.#size <= MAX_BODY_BYTES ? parsed(Buffer.concat(this.#chunks)) : undefined
    if (isAccountRefused(status) || status < 400 || json === undefined) {
      this.#answer.reject(describeStatus(status, headers, this.#nowMs))
      return
    }
    exchange.facts = dialect.readAnswer(json)
    const foreign = exchange.facts.error === undefined ? this.#platform?.readAnswer(json).error : undefined
    const error = exchange.facts.error ?? foreign ?? plainError(dialect, json)
    if (error !== undefined) exchange.facts = { ...exchange.facts, error }
    // some say with another status that they refuse the account
    const isOurAffair = error?.code === 'upstream_credentials_rejected'
    if (this.#isConverted || foreign !== undefined || isOurAffair) {
      this.#answer.reject(this.#decoded(error))
      return
    }
    exchange.errorCode = error?.code ?? 'upstream_error'
    if (exchange.keepsBodies) exchange.responseBody = json
    const body = this.#answer.guard.bytes(this.#withoutSecrets(Buffer.concat(this.#chunks)))
    client.begin(status, { ...headers, 'content-length': String(body.length) })
    this.#answer.finish(body)
  }

  /** The status is known, only its explanation is not. */
  onFailure(): void {
    const { status, headers } = this.#answer
    this.#answer.reject(describeStatus(status, headers, this.#nowMs))
  }

  /** The upstream's words and status under the nearest code that the client's dialect has a name for. */
  #decoded(error: GatewayError | undefined): GatewayError {
    const { status, headers, guard } = this.#answer
    const known = describeStatus(status, headers, this.#nowMs)
    if (error === undefined) return known
    const message = guard.bytes(Buffer.from(this.#redactor.redactText(error.message))).toString('utf8')
    const code = error.code === 'upstream_error' ? codeOf(status) : error.code
    // Google says in the body when to come back
    const retryAfterMs = known.retryAfterMs ?? error.retryAfterMs
    return new GatewayError(code, message, {
      upstreamStatus: status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }

  #withoutSecrets(body: Buffer): Buffer {
    if (!this.#redactor.containsSecret(body)) return body
    return Buffer.from(this.#redactor.redactText(body.toString('utf8')))
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Proxies and frameworks have shapes of their own, whose words are as good. */
function plainError(dialect: UpstreamDialect, json: unknown): GatewayError | undefined {
  if (!isJsonObject(json)) return undefined
  const { error = json } = json
  const words = isJsonObject(error) ? textOf(error.message) || textOf(error.detail) : textOf(error)
  if (words === '') return undefined
  return dialect.readAnswer({ type: 'error', error: { message: words } }).error
}

/** The provider does not know the operator, does not let him, or was not paid. */
export function isAccountRefused(status: number): boolean {
  return status === 401 || status === 402 || status === 403
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'upstream_rate_limited'
  return status === 503 || status === 529 ? 'upstream_overloaded' : 'upstream_error'
}

function describeStatus(status: number, headers: Headers, nowMs: number): GatewayError {
  if (isAccountRefused(status)) return rejectedAccount(status)
  if (status < 400) {
    return new GatewayError(
      'upstream_malformed',
      'The provider redirected the request, which gateways do not follow.',
    )
  }
  const retryAfterMs = readRetryAfter(headers, nowMs)
  return new GatewayError(codeOf(status), `The provider answered ${status} without a readable explanation.`, {
    upstreamStatus: status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** In seconds or as a date. OpenAI and Anthropic may say it in milliseconds, too, which is the finest. */
function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const fromMs = Number(headers['retry-after-ms'])
  const fromSeconds = Number(headers['retry-after']) * 1000
  const fromDate = Date.parse(String(headers['retry-after'])) - nowMs
  return [fromMs, fromSeconds, Number.isNaN(fromSeconds) ? fromDate : 0].find((value) => value > 0)
}
