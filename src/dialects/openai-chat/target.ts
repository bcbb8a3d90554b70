import type { EncodeTarget } from '../../ir/conversion.ts'
import type { CacheBreakpoint } from '../../ir/part.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { clientPath, type IrField } from '../client-path.ts'
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

export function approximateOnce(encoding: Encoding, path: string, reason: string): void {
  if (!isFirst(encoding, path, reason)) return
  encoding.report.approximate(path, reason)
}

export function dropOnce(encoding: Encoding, path: string, reason: string): void {
  if (!isFirst(encoding, path, reason)) return
  encoding.report.drop(path, reason)
}

/** A part's breakpoint as OpenAI spells it, where the model takes one. */
export function encodeBreakpoint(
  encoding: Encoding,
  cache: CacheBreakpoint | undefined,
): { readonly prompt_cache_breakpoint?: object } {
  if (cache === undefined) return {}
  const path = pathOf(encoding, 'caching')
  if (!encoding.isOpenAi || !encoding.target.capabilities.cacheBreakpoints) {
    dropOnce(encoding, path, 'the model caches on its own and takes no breakpoints')
    return {}
  }
  const { lifetime } = cache
  if (lifetime !== undefined && encoding.request.source === 'anthropic-messages')
    approximateOnce(encoding, path, 'OpenAI keeps cached prompts for 30 minutes or 12 hours')
  const ttl = lifetime === 'long' ? { ttl: '12h' } : lifetime === 'short' ? { ttl: '30m' } : {}
  return { prompt_cache_breakpoint: { mode: 'explicit', ...ttl } }
}

function isFirst({ reported }: Encoding, path: string, reason: string): boolean {
  const entry = `${path}\n${reason}`
  if (reported.has(entry)) return false
  reported.add(entry)
  return true
}
