import type { IncomingHttpHeaders } from 'node:http'
import type { VirtualKey } from '../keys/directory.ts'
import type { ClientConnection } from './client.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import type { Snapshot } from './snapshot.ts'

/** One request as the http floor hands it over: authenticated, its body read and unpacked. */
export interface ClientCall {
  readonly exchange: Exchange
  readonly key: VirtualKey
  /** The configuration that the key was found in: a request keeps it, whatever is reloaded while its body arrives. */
  readonly snapshot: Snapshot
  readonly endpoint: Endpoint
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** With its question mark, without credentials; empty where there is none. */
  readonly query: string
  readonly body: Buffer | undefined
  readonly connection: ClientConnection
}
