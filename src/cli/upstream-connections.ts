import type { Config } from '../config/config.ts'
import { UpstreamConnections } from '../upstream/connections.ts'

/** Connections to upstreams through the configured proxies, for as long as the work takes. */
export async function withConnections<Result>(
  { proxy, environment }: Config,
  work: (connections: UpstreamConnections) => Promise<Result>,
): Promise<Result> {
  const connections = new UpstreamConnections({
    connectTimeoutMs: proxy.connectTimeoutMs + proxy.tlsTimeoutMs,
    idleConnectionTimeoutMs: 1000,
    http2: proxy.http2,
    httpProxy: environment.httpProxy,
    httpsProxy: environment.httpsProxy,
    noProxy: environment.noProxy.join(','),
  })
  try {
    return await work(connections)
  } finally {
    await connections.close()
  }
}
