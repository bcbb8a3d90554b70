import type { DialectId } from '../../../src/core/dialect-id.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { UpstreamConverter } from '../../../src/dialects/dialect.ts'
import { DIALECTS } from '../../../src/dialects/index.ts'
import type { ChatRequest } from '../../../src/ir/request.ts'
import type { Dropped } from '../../../src/ir/response.ts'
import type { SseEvent } from '../../../src/wire/sse-event.ts'

/** An answer's way from an upstream's format into a client's, as the pipeline takes it. */
export interface Crossing {
  readonly whole: (body: unknown) => JsonObject
  /** Takes the upstream's events as objects or as data, and gives the client's parsed ones. */
  readonly stream: (events: readonly (object | string)[]) => JsonObject[]
  /** What was reported on the way. */
  readonly lost: readonly Dropped[]
}

export function across(from: DialectId, to: DialectId, request: Partial<ChatRequest> = {}): Crossing {
  const lost: Dropped[] = []
  const upstream = converterOf(from)
  const client = DIALECTS[to].client
  const asked: ChatRequest = {
    source: to,
    model: 'asked',
    isStreaming: false,
    messages: [],
    tools: [],
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
    ...request,
  }
  const report = (entry: Dropped) => void lost.push(entry)
  const context = { request: asked, requestId: 'req_1', nowSeconds: 1, report }
  return {
    lost,
    whole(body) {
      const response = upstream.decodeResponse(body)
      response.dropped.forEach(report)
      return client.encodeResponse(response, context)
    },
    stream(events) {
      const decode = upstream.createStreamDecoder()
      const encode = client.createStreamEncoder(context)
      const { impliedEnd = [] } = upstream
      const decoded = events.map(wire).concat(impliedEnd).flatMap(decode)
      for (const event of decoded) if (event.type === 'dropped') report(event.dropped)
      return decoded
        .flatMap((event) => encode(event))
        .filter(({ data }) => data !== '[DONE]')
        .map(({ data }) => JSON.parse(data) as JsonObject)
    },
  }
}

function converterOf(id: DialectId): UpstreamConverter {
  const { upstream } = DIALECTS[id]
  if (upstream === undefined) throw new Error(`${id} is no upstream's format`)
  return upstream
}

function wire(event: object | string): SseEvent {
  return { data: typeof event === 'string' ? event : JSON.stringify(event) }
}
