import type { JsonObject } from '../../core/json.ts'
import type { EncodedRequest, EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Extra } from '../../ir/request.ts'
import { clientPath, tierPath } from '../client-path.ts'
import { reportPrompt } from '../completions-prompt.ts'
import { Report } from '../report.ts'
import { nameTools, STRICT_NAMES } from '../tool-names.ts'
import { CachePoints } from './cache-points.ts'
import { encodeFormat } from './encode-format.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeSampling } from './encode-sampling.ts'
import { encodeTools } from './encode-tools.ts'
import type { Encoding } from './encoding.ts'
import { ID } from './id.ts'
import { planThinking } from './thinking.ts'

/** Fields of this API that no other has a word for: a client that knows where it ends up may send them as they are. */
const OWN_FIELDS = new Set([
  'guardrailConfig',
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
  'performanceConfig',
  'promptVariables',
])

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (`requestMetadata`) */
const METADATA_TEXT = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/
const MAX_METADATA = 16

/** The request as a Converse body; model and streaming are said by the URL. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const report = new Report()
  reportPrompt(request, report)
  report.leaveOut(request.extras, ID, isOwn)
  const names = nameTools(request, STRICT_NAMES, report)
  const encoding: Encoding = {
    request,
    target,
    report,
    names,
    cache: new CachePoints(request, target, report),
    told: new Set(),
    documentNames: new Set(),
  }
  return { body: encodeBody(encoding), dropped: report.dropped, headers: {}, toolNames: names.changed }
}

function isOwn({ path }: Extra): boolean {
  return OWN_FIELDS.has(path)
}

function encodeBody(encoding: Encoding): JsonObject {
  const { request } = encoding
  accountForRest(encoding)
  const toolConfig = encodeTools(encoding)
  const { format, instruction } = encodeFormat(encoding)
  const { system, messages } = encodeMessages(encoding)
  const prompt = instruction === undefined ? system : [...system, { text: instruction }]
  const thinking = planThinking(encoding)
  const { inferenceConfig, additional } = encodeSampling(encoding, thinking)
  const own = Object.fromEntries(request.extras.filter(isOwn).map(({ path, value }) => [path, value]))
  const fields = { ...additional, ...thinking.fields, ...asObject(own.additionalModelRequestFields) }
  return {
    messages,
    ...(prompt.length > 0 && { system: prompt }),
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(format && { outputConfig: { textFormat: format } }),
    ...encodeTier(encoding),
    ...encodeMetadata(encoding),
    ...own,
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
function encodeTier({ request, report }: Encoding): JsonObject {
  const { serviceTier } = request
  switch (serviceTier) {
    case undefined:
    case 'auto':
      return {}
    case 'default':
    case 'flex':
    case 'priority':
      return { serviceTier: { type: serviceTier } }
    case 'fast':
    case 'ultrafast':
      report.approximate(tierPath(request), 'asked for as tier "priority"')
      return { serviceTier: { type: 'priority' } }
    default:
      return serviceTier satisfies never
  }
}

function encodeMetadata({ request, report }: Encoding): JsonObject {
  const path = clientPath(request.source, 'metadata')
  const legal = Object.entries(request.metadata ?? {}).filter(([key, value], index) => {
    const isLegal = METADATA_TEXT.test(key) && METADATA_TEXT.test(value) && index < MAX_METADATA
    if (!isLegal) report.drop(`${path}.${key}`, 'Bedrock takes 16 short entries of plain characters')
    return isLegal
  })
  return legal.length === 0 ? {} : { requestMetadata: Object.fromEntries(legal) }
}

function accountForRest({ request, report }: Encoding): void {
  const { source, verbosity, isStored, endUserId, caching } = request
  if (verbosity !== undefined) report.drop(clientPath(source, 'verbosity'), 'Bedrock has no such setting')
  if (isStored === true) report.drop(clientPath(source, 'isStored'), 'Bedrock keeps no answers')
  if (endUserId !== undefined) report.drop(clientPath(source, 'endUserId'), 'Bedrock knows no end users')
  if (caching !== undefined) report.drop(clientPath(source, 'caching'), 'Bedrock caches at cache points only')
}
