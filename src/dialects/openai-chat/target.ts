import type { EncodeTarget } from '../../ir/conversion.ts'
import type { CacheBreakpoint, Part } from '../../ir/part.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { clientPath, type IrField } from '../client-path.ts'
import { placeOf } from '../places.ts'
import type { Report } from '../report.ts'
import type { ToolNames } from '../tool-names.ts'

/** What every encoding step of a request needs. */
export interface Encoding {
  readonly request: ChatRequest
  readonly target: EncodeTarget
  readonly report: Report
  readonly names: ToolNames
  /**
   * The upstream takes everything that OpenAI's current models do: custom tools, developer messages, lists of parts everywhere. Other
   * servers get the plainest form of it.
   */
  readonly isOpenAi: boolean
  /** What has been reported already: a conversation may need the same approximation at every turn. */
  readonly reported: Set<string>
}

/** The path of an IR field, in the client's spelling. */
export function pathOf({ request }: Encoding, field: IrField): string {
  return clientPath(request.source, field)
}

/** Reports an approximation where it is first needed: what is true of one message is true of dozens. */
export function approximateOnce(encoding: Encoding, path: string, reason: string): void {
  if (!isFirst(encoding, reason)) return
  encoding.report.approximate(path, reason)
}

/** The same for something that is left out. */
export function dropOnce(encoding: Encoding, path: string, reason: string): void {
  if (!isFirst(encoding, reason)) return
  encoding.report.drop(path, reason)
}

/** Reasoning that the upstream could not read is no loss to anybody. */
export function leaveReasoningOut(encoding: Encoding, part: Part): void {
  const reason = 'reasoning of another origin is left out'
  if (isFirst(encoding, reason))
    encoding.report.tellHarmless('approximated', placeOf(encoding.request, part), reason)
}

/** A part's breakpoint as OpenAI spells it, where the model takes one. */
export function encodeBreakpoint(
  encoding: Encoding,
  cache: CacheBreakpoint | undefined,
): { readonly prompt_cache_breakpoint?: object } {
  if (cache === undefined) return {}
  const { request } = encoding
  if (!encoding.isOpenAi || !encoding.target.capabilities.cacheBreakpoints) {
    dropOnce(encoding, placeOf(request, cache), 'the model caches on its own and takes no breakpoints')
    return {}
  }
  const { lifetime } = cache
  if (lifetime !== undefined && request.source === 'anthropic-messages')
    approximateOnce(
      encoding,
      placeOf(request, cache),
      'OpenAI keeps cached prompts for 30 minutes or 12 hours',
    )
  const ttl = lifetime === 'long' ? { ttl: '12h' } : lifetime === 'short' ? { ttl: '30m' } : {}
  return { prompt_cache_breakpoint: { mode: 'explicit', ...ttl } }
}

function isFirst({ reported }: Encoding, reason: string): boolean {
  if (reported.has(reason)) return false
  reported.add(reason)
  return true
}
