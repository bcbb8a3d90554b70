import type { JsonObject } from '../../core/json.ts'
import type { EncodedRequest, EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Extra, Tool } from '../../ir/request.ts'
import { clientPath, tierPath } from '../client-path.ts'
import { reportPrompt } from '../completions-prompt.ts'
import { placeOf, placeOfTool } from '../places.ts'
import { CONTINUED, meansPrefill } from '../prefill.ts'
import { Report } from '../report.ts'
import { GEMINI_NAMES, nameTools } from '../tool-names.ts'
import { encodeConfig } from './encode-config.ts'
import { encodeContents } from './encode-contents.ts'
import { encodeTools } from './encode-tools.ts'
import { createEncoding, type Encoding } from './encoding.ts'
import { isRestorable, withExtras } from './extras.ts'

const TIERS = {
  default: 'standard',
  flex: 'flex',
  priority: 'priority',
  fast: 'priority',
  ultrafast: 'priority',
  auto: undefined,
} as const

/**
 * A request as the body of `generateContent`. The model and whether to stream stand in the URL, so not here.
 * @see https://ai.google.dev/api/generate-content
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const report = new Report()
  reportPrompt(request, report)
  const names = nameTools(request, GEMINI_NAMES, report)
  const encoding = createEncoding(request, target, names, report)
  accountForPrefill(encoding)
  const generationConfig = encodeConfig(encoding)
  const body: JsonObject = {
    ...encodeContents(encoding),
    ...encodeTools(encoding),
    ...(generationConfig !== undefined && { generationConfig }),
    ...encodeSettings(encoding),
  }
  reportCaching(encoding)
  report.leaveOut(request.extras, 'gemini', (extra) => isRestorable(extra) || isAboutTextOnly(extra))
  return {
    body: withExtras(body, request.extras),
    dropped: report.dropped,
    headers: {},
    toolNames: names.changed,
  }
}

function accountForPrefill({ request, target, report }: Encoding): void {
  const last = request.messages.at(-1)
  if (last?.role !== 'assistant') return
  const { prefill } = target.capabilities
  if (prefill && !meansPrefill(request)) report.approximate(placeOf(request, last), CONTINUED)
  if (!prefill && meansPrefill(request))
    report.refuse(placeOf(request, last), 'the model does not continue a message of the assistant')
}

function encodeSettings({ request, report }: Encoding): JsonObject {
  const { source, serviceTier, isStored, metadata } = request
  const tier = serviceTier && TIERS[serviceTier]
  if (serviceTier === 'fast' || serviceTier === 'ultrafast')
    report.approximate(tierPath(request), 'asked for as priority')
  if (request.verbosity !== undefined)
    report.drop(clientPath(source, 'verbosity'), 'Gemini has no setting for it')
  if (request.endUserId !== undefined)
    report.drop(clientPath(source, 'endUserId'), 'Gemini is not told who the user is')
  if (metadata !== undefined && source !== 'gemini')
    report.drop(clientPath(source, 'metadata'), 'Gemini keeps no metadata')
  const keepsAnswer = isStored === true && source !== 'gemini'
  if (keepsAnswer) report.drop(clientPath(source, 'isStored'), 'Gemini keeps no answers for later')
  return {
    ...(tier !== undefined && { serviceTier: tier }),
    ...(isStored !== undefined && !keepsAnswer && { store: isStored }),
    ...(metadata !== undefined && source === 'gemini' && { labels: metadata }),
  }
}

/** Gemini caches prefixes by itself; there is nothing to mark, name or prolong. */
function reportCaching({ request, report }: Encoding): void {
  const { caching, source } = request
  const isNamed = caching?.key !== undefined || caching?.lifetime !== undefined
  const path = isNamed ? clientPath(source, 'caching') : firstBreakpoint(request)
  if (path !== undefined) report.drop(path, 'Gemini caches by itself and takes no breakpoints')
}

function firstBreakpoint(request: ChatRequest): string | undefined {
  const isMarked = (tool: Tool) => tool.type === 'function' && tool.hasCacheBreakpoint !== undefined
  const tool = request.tools.find(isMarked)
  if (tool !== undefined) return placeOfTool(request, tool, 'hasCacheBreakpoint')
  for (const { parts } of request.messages)
    for (const part of parts)
      if ('cache' in part && part.cache !== undefined) return placeOf(request, part, 'cache')
  return undefined
}

/** A client of Chat that asks for text alone asks for what Gemini does anyway. */
function isAboutTextOnly({ path, value }: Extra): boolean {
  return path === 'modalities' && Array.isArray(value) && value.every((modality) => modality === 'text')
}
