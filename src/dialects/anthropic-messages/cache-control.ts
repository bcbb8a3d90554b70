import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { EncodeTarget } from '../../ir/conversion.ts'
import type { CacheBreakpoint } from '../../ir/part.ts'
import type { ChatRequest, FunctionTool } from '../../ir/request.ts'
import { placeOf, placeOfTool } from '../places.ts'
import type { Report } from '../report.ts'
import { ID } from './id.ts'

/**
 * Tools, system and messages, in this order, have at most so many, and none of an hour behind one of five minutes.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
 */
const MAX_BREAKPOINTS = 4

/** A block's `cache_control`. */
export function decodeCache(block: JsonObject): CacheBreakpoint | undefined {
  const control = block.cache_control
  if (!isJsonObject(control)) return undefined
  if (control.ttl === '1h') return { lifetime: 'long' }
  return control.ttl === '5m' ? { lifetime: 'short' } : {}
}

/** `{ cache }` where the block has a breakpoint, to be spread into its part. */
export function withCache(block: JsonObject): { cache?: CacheBreakpoint } {
  const cache = decodeCache(block)
  return cache === undefined ? {} : { cache }
}

/** Writes breakpoints as long as the target takes them, and accounts for those that it does not. */
export class CacheWriter {
  readonly #request: ChatRequest
  readonly #takesBreakpoints: boolean
  readonly #report: Report
  #count = 0
  #hasShort = false
  readonly #told = new Set<string>()

  constructor(request: ChatRequest, target: EncodeTarget, report: Report) {
    this.#request = request
    this.#takesBreakpoints = target.capabilities.cacheBreakpoints
    this.#report = report
  }

  get hasRoom(): boolean {
    return this.#takesBreakpoints && this.#count < MAX_BREAKPOINTS
  }

  /** `{ cache_control }` to be spread into a block; nothing where there is no breakpoint or no room for one. */
  fields(cache: CacheBreakpoint | undefined): JsonObject {
    return cache === undefined ? {} : this.#write(cache.lifetime, () => placeOf(this.#request, cache))
  }

  /** The same for the breakpoint of a tool. */
  toolFields(tool: FunctionTool): JsonObject {
    const { hasCacheBreakpoint: lifetime } = tool
    if (lifetime === undefined) return {}
    return this.#write(lifetime, () => placeOfTool(this.#request, tool, 'hasCacheBreakpoint'))
  }

  #write(lifetime: CacheBreakpoint['lifetime'], path: () => string): JsonObject {
    if (!this.#takesBreakpoints) return this.#leaveOut(path, 'the model takes no cache breakpoints')
    if (this.#count >= MAX_BREAKPOINTS) return this.#leaveOut(path, 'at most four breakpoints are allowed')
    this.#count += 1
    if (lifetime === 'long' && this.#hasShort) {
      this.#approximate(path, 'a breakpoint may not live longer than one before it')
      return { cache_control: cacheControl('short') }
    }
    this.#hasShort ||= lifetime !== 'long'
    if (this.#request.source !== ID && lifetime !== undefined)
      this.#approximate(path, 'cached prompts live for 5 minutes or 1 hour here')
    return { cache_control: cacheControl(lifetime) }
  }

  #leaveOut(path: () => string, reason: string): JsonObject {
    if (!this.#told.has(reason)) this.#report.drop(path(), reason)
    this.#told.add(reason)
    return {}
  }

  #approximate(path: () => string, reason: string): void {
    if (!this.#told.has(reason)) this.#report.approximate(path(), reason)
    this.#told.add(reason)
  }
}

/** The wire form of a breakpoint. */
export function cacheControl(lifetime: 'short' | 'long' | undefined): JsonObject {
  if (lifetime === undefined) return { type: 'ephemeral' }
  return { type: 'ephemeral', ttl: lifetime === 'long' ? '1h' : '5m' }
}
