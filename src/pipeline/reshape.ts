import { DIALECTS } from '../dialects/index.ts'
import type { Target } from '../routing/plan.ts'
import type { ClientCall } from './client-call.ts'
import type { Reshape } from './conversion.ts'
import { decodeForTarget, framingOf } from './convert-request.ts'
import type { Gateway } from './gateway.ts'
import type { ReadCall } from './read-call.ts'

/**
 * OpenAI-compatible servers answer JSON to who asked for a stream, and events to who asked for none. The request is read for what the
 * answer must look like, which few answers need, so it is read only then.
 */
export function createReshape(
  gateway: Gateway,
  call: ClientCall,
  read: ReadCall,
  target: Target,
): Reshape | undefined {
  const { dialect, facts } = read
  if (dialect === undefined || call.key.passthrough || call.endpoint.providerId !== undefined)
    return undefined
  const client = DIALECTS[dialect]
  const { upstream } = client
  const framing = framingOf(call, client)
  return ({ isSse }) => {
    if (isSse === (facts.isStreaming && framing === 'sse')) return undefined
    if (upstream === undefined) return 'impossible'
    try {
      const request = decodeForTarget(call, read, client, target)
      const nowSeconds = Math.floor(gateway.now() / 1000)
      return {
        client: client.client,
        clientDialect: client,
        upstream,
        context: { request, requestId: call.exchange.requestId, nowSeconds },
        toolNames: new Map(),
        remember: () => undefined,
        framing,
      }
    } catch {
      return 'impossible' // the upstream took a request that we do not understand
    }
  }
}
