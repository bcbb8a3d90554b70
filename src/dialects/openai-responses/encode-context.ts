import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import type { EncodeTarget } from '../../ir/conversion.ts'
import type { CacheBreakpoint } from '../../ir/part.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { clientPath, type IrField } from '../client-path.ts'
import { placeOf } from '../places.ts'
import type { Report } from '../report.ts'
import type { ToolNames } from '../tool-names.ts'

/** All that the encoding of one request's pieces needs to know of the whole. */
export interface Encoding {
  readonly request: ChatRequest
  readonly target: EncodeTarget
  readonly names: ToolNames
  readonly report: Report
  /** Reports that concern every part alike are made once. */
  readonly told: Set<string>
}

/** The field as the client spells it. */
export function pathOf({ request }: Encoding, field: IrField): string {
  return clientPath(request.source, field)
}

export function dropOnce(encoding: Encoding, path: string, reason: string): void {
  if (isNews(encoding, reason)) encoding.report.drop(path, reason)
}

export function approximateOnce(encoding: Encoding, path: string, reason: string): void {
  if (isNews(encoding, reason)) encoding.report.approximate(path, reason)
}

/** What the upstream could not have used anyway. */
export function tellHarmlessOnce(encoding: Encoding, path: string, reason: string): void {
  if (isNews(encoding, reason)) encoding.report.tellHarmless('approximated', path, reason)
}

function isNews({ told }: Encoding, reason: string): boolean {
  if (told.has(reason)) return false
  told.add(reason)
  return true
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const TTL = { short: '30m', long: '12h' } as const

/** Of a breakpoint, or of all caching. */
export function ttlOf(encoding: Encoding, caching: CacheBreakpoint | undefined): { ttl?: '30m' | '12h' } {
  const lifetime = caching?.lifetime
  if (caching === undefined || lifetime === undefined) return {}
  const { request } = encoding
  if (request.source === 'anthropic-messages') {
    const path = caching === request.caching ? pathOf(encoding, 'caching') : placeOf(request, caching)
    approximateOnce(encoding, path, `lives for ${TTL[lifetime]} at the upstream`)
  }
  return { ttl: TTL[lifetime] }
}

/** A part's explicit breakpoint. @see https://platform.openai.com/docs/guides/prompt-caching */
export function encodeBreakpoint(encoding: Encoding, cache: CacheBreakpoint | undefined): JsonObject {
  if (cache === undefined) return {}
  if (!encoding.target.capabilities.cacheBreakpoints) {
    const reason = 'the model caches by itself and takes no breakpoints'
    dropOnce(encoding, placeOf(encoding.request, cache), reason)
    return {}
  }
  return { prompt_cache_breakpoint: { mode: 'explicit', ...ttlOf(encoding, cache) } }
}

/** For parts that have no slot for a breakpoint. */
export function loseBreakpoint(encoding: Encoding, cache: CacheBreakpoint | undefined, what: string): void {
  if (cache === undefined) return
  dropOnce(encoding, placeOf(encoding.request, cache), `openai-responses takes no breakpoint on ${what}`)
}
