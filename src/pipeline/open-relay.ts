import type { IncomingHttpHeaders } from 'node:http'
import { hasClients } from '../dialects/index.ts'
import type { Provider } from '../providers/provider.ts'
import type { BodyConversion } from './body-conversion.ts'
import type { Conversion } from './conversion.ts'
import type { Answer, PassingAnswer, Relay } from './relay.ts'
import { BytesRelay } from './relay-bytes.ts'
import { ConvertedBodyRelay } from './relay-converted-body.ts'
import { ConvertedStreamRelay } from './relay-converted-stream.ts'
import { ConvertedWholeRelay } from './relay-converted-whole.ts'
import { ReframedRelay } from './relay-reframed.ts'
import { StreamRelay } from './relay-stream.ts'
import { WholeRelay } from './relay-whole.ts'

const AWS_EVENT_STREAM = 'application/vnd.amazon.eventstream'
const SSE = 'text/event-stream; charset=utf-8'

export interface RelayOptions {
  readonly conversion: Conversion | BodyConversion | undefined
  readonly streamFraming: Provider['streamFraming']
}

/**
 * What carries a successful answer to the client. Streams in a framing that only one cloud has become server-sent events first, unless
 * somebody asked for them as they are.
 */
export function openRelay(
  answer: Answer,
  headers: IncomingHttpHeaders,
  { conversion, streamFraming }: RelayOptions,
): Relay {
  const isFramed = streamFraming === 'aws-event-stream' && headers['content-type'] === AWS_EVENT_STREAM
  if (!isFramed || answer.exchange.dialect === undefined) return chooseRelay(answer, headers, conversion)
  const shown = { ...answer, headers: { ...answer.headers, 'content-type': SSE } }
  return new ReframedRelay(chooseRelay(shown, { ...headers, 'content-type': SSE }, conversion))
}

function chooseRelay(
  answer: Answer,
  headers: IncomingHttpHeaders,
  conversion: Conversion | BodyConversion | undefined,
): Relay {
  if (conversion !== undefined && 'convertBody' in conversion)
    return new ConvertedBodyRelay(answer, conversion)
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(/[;\s]/)
  const isSse = type === 'text/event-stream'
  if (conversion !== undefined) {
    if (isSse && answer.exchange.isStreaming) return new ConvertedStreamRelay(answer, conversion)
    return new ConvertedWholeRelay(answer, conversion, { isSse })
  }
  // events of other endpoints, such as transcriptions, begin and end in ways that are not a conversation's
  if (isSse && answer.exchange.dialect !== undefined && isPassing(answer)) return new StreamRelay(answer)
  // lines of JSON (`application/x-ndjson`, `…/jsonl`) are not JSON
  const isJson = type === 'application/json' || type.endsWith('+json')
  // only Gemini streams JSON; from anybody else it is a whole answer, asked for as a stream or not
  const isJsonStream = answer.exchange.isStreaming && answer.dialect.id === 'gemini'
  if (!isJson || isJsonStream) return new BytesRelay(answer, { isJson, isStream: isJsonStream })
  return new WholeRelay(answer)
}

function isPassing(answer: Answer): answer is PassingAnswer {
  return hasClients(answer.dialect)
}
