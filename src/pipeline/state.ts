import type { Config } from '../config/config.ts'
import type { Stored } from '../control/running-store.ts'
import { UpstreamConnections } from '../upstream/connections.ts'
import type { Credentials } from './credentials.ts'
import { buildSnapshot, type Snapshot } from './snapshot.ts'

/** The configuration in force with its connections. Swapped as one, so that no request ever sees half of each. */
export class State {
  #snapshot: Snapshot
  #connections: UpstreamConnections
  readonly #credentials: Credentials

  constructor(config: Config, credentials: Credentials, { unusable }: Stored) {
    this.#credentials = credentials
    this.#snapshot = buildSnapshot(config, credentials, unusable)
    this.#connections = openConnections(config)
  }

  get current(): { readonly snapshot: Snapshot; readonly connections: UpstreamConnections } {
    return { snapshot: this.#snapshot, connections: this.#connections }
  }

  /** Throws ConfigError; then everything is as it was. */
  swap(config: Config, { unusable }: Stored): void {
    const before = this.#snapshot.config
    this.#snapshot = buildSnapshot(config, this.#credentials, unusable)
    if (waysOf(before) === waysOf(config)) return
    const old = this.#connections
    this.#connections = openConnections(config)
    void old.close()
  }

  close(): Promise<void> {
    return this.#connections.close()
  }
}

export function openConnections({ proxy, environment }: Config): UpstreamConnections {
  return new UpstreamConnections({
    connectTimeoutMs: proxy.connectTimeoutMs + proxy.tlsTimeoutMs,
    idleConnectionTimeoutMs: proxy.idleConnectionTimeoutMs,
    http2: proxy.http2,
    httpProxy: environment.httpProxy,
    httpsProxy: environment.httpsProxy,
    noProxy: environment.noProxy.join(','),
  })
}

/** All that connections are made with. */
function waysOf({ proxy, environment }: Config): string {
  return JSON.stringify([proxy, environment])
}
