import type { IncomingHttpHeaders } from 'node:http'
import { hasClients } from '../dialects/index.ts'
import type { Provider } from '../providers/provider.ts'
import type { BodyConversion } from './body-conversion.ts'
import type { Conversion, Reshape } from './conversion.ts'
import type { Answer, PassingAnswer, Relay } from './relay.ts'
import { BytesRelay } from './relay-bytes.ts'
import { ConvertedBodyRelay } from './relay-converted-body.ts'
import { ConvertedStreamRelay } from './relay-converted-stream.ts'
import { ConvertedWholeRelay } from './relay-converted-whole.ts'
import { ReframedRelay } from './relay-reframed.ts'
import { RefusedRelay } from './relay-refused.ts'
import { StreamRelay } from './relay-stream.ts'
import { WholeRelay } from './relay-whole.ts'

const AWS_EVENT_STREAM = 'application/vnd.amazon.eventstream'
const SSE = 'text/event-stream'

export interface RelayOptions {
  readonly conversion: Conversion | BodyConversion | undefined
  /** Of answers that pass; undefined where nobody may change them. */
  readonly reshape: Reshape | undefined
  readonly streamFraming: Provider['streamFraming']
}

/**
 * What carries a successful answer to the client. Streams in a framing that only one cloud has become server-sent events first, unless
 * somebody asked for them as they are.
 */
export function openRelay(answer: Answer, headers: IncomingHttpHeaders, options: RelayOptions): Relay {
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(/[;\s]/)
  const isFramed = options.streamFraming === 'aws-event-stream' && type === AWS_EVENT_STREAM
  if (!isFramed || answer.exchange.dialect === undefined) return chooseRelay(answer, type, options)
  const shown = { ...answer, headers: { ...answer.headers, 'content-type': `${SSE}; charset=utf-8` } }
  return new ReframedRelay(chooseRelay(shown, SSE, options))
}

function chooseRelay(answer: Answer, type: string, { conversion, reshape }: RelayOptions): Relay {
  if (conversion !== undefined && 'convertBody' in conversion)
    return new ConvertedBodyRelay(answer, conversion)
  if (conversion !== undefined) return convertingRelay(answer, type, conversion)
  // events of other endpoints, such as transcriptions, begin and end in ways that are not a conversation's
  if (answer.exchange.dialect !== undefined && isPassing(answer)) return passingRelay(answer, type, reshape)
  return isJson(type) ? jsonRelay(answer) : new BytesRelay(answer, { isJson: false, isStream: false })
}

function convertingRelay(answer: Answer, type: string, conversion: Conversion): Relay {
  const isSse = isEvents(answer, type)
  if (isSse && answer.exchange.isStreaming) return new ConvertedStreamRelay(answer, conversion)
  return new ConvertedWholeRelay(answer, conversion, { isSse })
}

/** A conversation of one format. What comes in another mode than was asked for does not pass as it is. */
function passingRelay(answer: PassingAnswer, type: string, reshape: Reshape | undefined): Relay {
  const isSse = isEvents(answer, type)
  const reshaping = reshape?.({ isSse })
  if (reshaping === 'impossible') return new RefusedRelay(answer)
  if (reshaping !== undefined) return convertingRelay(answer, type, reshaping)
  return isSse ? new StreamRelay(answer) : jsonRelay(answer)
}

/** Only Gemini streams JSON; from anybody else it is a whole answer. */
function jsonRelay(answer: Answer): Relay {
  return answer.exchange.isStreaming && answer.dialect.id === 'gemini'
    ? new BytesRelay(answer, { isJson: true, isStream: true })
    : new WholeRelay(answer)
}

/** Servers that do not say what they stream are common, and no SDK but reads it all the same. */
function isEvents({ exchange }: Answer, type: string): boolean {
  return type === SSE || (exchange.isStreaming && !isJson(type))
}

/** Lines of JSON (`application/x-ndjson`, `…/jsonl`) are not JSON. */
function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json')
}

function isPassing(answer: Answer): answer is PassingAnswer {
  return hasClients(answer.dialect)
}
