import type { GatewayError } from '../core/errors.ts'
import type { Dialect, UpstreamDialect } from '../dialects/dialect.ts'
import type { Headers } from '../wire/headers.ts'
import type { Client } from './client.ts'
import type { CredentialGuard } from './credential-guard.ts'
import type { Exchange } from './exchange.ts'

/** Carries the body of one upstream answer to the client. Its end is told to the `Answer` that it was made for. */
export interface Relay {
  onData(chunk: Buffer): void
  onEnd(): void
  onFailure(error: GatewayError): void
}

/** An answer in a format that clients speak too. */
export type PassingAnswer = Answer & { readonly dialect: Dialect }

/** One upstream answer on its way, as relays see it. */
export interface Answer {
  readonly exchange: Exchange
  /** Reads the answer; for endpoints that are no conversation it is the family's, which knows usage and errors at least. */
  readonly dialect: UpstreamDialect
  readonly client: Client
  readonly status: number
  readonly headers: Headers
  /** The client did not ask for the usage event that we asked the upstream for. */
  readonly hidesUsage: boolean
  /** The first content has come: from here on chunks must follow each other, and there is no way back to a status line. */
  contentBegan(): void
  /** What is sent goes through it; for relays that must know before how long that is. */
  readonly guard: CredentialGuard
  /** Sends bytes to a client that has begun, and holds the upstream back while the client reads more slowly. */
  send(bytes: Buffer | string): void
  /** The answer is complete: accounts for it, then lets the client see its end. */
  finish(lastBytes?: Buffer | string): void
  /** The answer failed with nothing sent yet: another target may try, or the client gets a real HTTP error. */
  reject(error: GatewayError): void
  /** The answer failed with its beginning already sent: writes the bytes that say so, or breaks the connection where none can. */
  breakOff(error: GatewayError, lastBytes?: string): void
}
