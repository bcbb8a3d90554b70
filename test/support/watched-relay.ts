import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { DialectId } from '../../src/core/dialect-id.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { ChatRequest } from '../../src/ir/request.ts'
import { Client } from '../../src/pipeline/client.ts'
import { createCredentialGuard } from '../../src/pipeline/credential-guard.ts'
import { openExchange } from '../../src/pipeline/exchange.ts'
import type { Answer } from '../../src/pipeline/relay.ts'
import { ConvertedStreamRelay } from '../../src/pipeline/relay-converted-stream.ts'
import type { UpstreamFormat } from './upstream-streams.ts'

/** What became of an answer, as its client sees it. */
export interface Carried {
  readonly text: string
  readonly ending: string
}

export interface Watched {
  readonly relay: ConvertedStreamRelay
  /** What has become of the answer by now. */
  readonly carried: () => Carried
}

/** Carries an upstream's stream to a client of another format, in these chunks and without a socket. */
export function carry(from: DialectId, to: UpstreamFormat, chunks: Iterable<Buffer>): Carried {
  const { relay, carried } = watchRelay(from, to)
  for (const chunk of chunks) relay.onData(chunk)
  relay.onEnd()
  return carried()
}

/** What carries such a stream, for tests that do more to it than let it come and end. */
export function watchRelay(from: DialectId, to: UpstreamFormat): Watched {
  const sent: string[] = []
  let ending = 'open'
  const keep = (bytes: Buffer | string = '') => void sent.push(bytes.toString())
  const { upstream } = DIALECTS[to]
  if (upstream === undefined) throw new Error(`${to} is no upstream format`)
  const answer: Answer = {
    exchange: openExchange({ requestId: 'req_1', method: 'POST', path: '/', nowMs: 0 }),
    dialect: DIALECTS[to],
    client: new Client({
      response: new ServerResponse(new IncomingMessage(new Socket())),
      takeOver: () => undefined,
    }),
    status: 200,
    headers: {},
    hidesUsage: false,
    guard: createCredentialGuard([]),
    contentBegan: () => undefined,
    send: keep,
    finish: (last) => {
      keep(last)
      ending = 'finished'
    },
    reject: (error) => {
      ending = `rejected ${error.code}`
    },
    breakOff: (error, last) => {
      keep(last)
      ending = `broken ${error.code}`
    },
  }
  const relay = new ConvertedStreamRelay(answer, {
    client: DIALECTS[from].client,
    clientDialect: DIALECTS[from],
    upstream,
    context: { request: requestFrom(from), requestId: 'req_1', nowSeconds: 0 },
    toolNames: new Map(),
    remember: () => undefined,
    framing: 'sse',
  })
  return { relay, carried: () => ({ text: sent.join(''), ending }) }
}

function requestFrom(source: DialectId): ChatRequest {
  return {
    source,
    model: 'm',
    isStreaming: true,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    stopSequences: [],
    sampling: {},
    reasoning: { effort: 'low', summary: 'auto' },
    wantsStreamUsage: true,
    extras: [],
  }
}
