import type { JsonObject } from '../../core/json.ts'
import type { EncodeTarget } from '../../ir/conversion.ts'
import type { CacheBreakpoint } from '../../ir/part.ts'
import type { ChatRequest, FunctionTool } from '../../ir/request.ts'
import { placeOf, placeOfTool } from '../places.ts'
import type { Report } from '../report.ts'

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const MAX_POINTS = 4

/** Writes cache points as long as the target takes them, and accounts for those that it does not. */
export class CachePoints {
  readonly #request: ChatRequest
  readonly #takesPoints: boolean
  readonly #report: Report
  #count = 0
  #hasShort = false
  readonly #told = new Set<string>()

  constructor(request: ChatRequest, { capabilities }: EncodeTarget, report: Report) {
    this.#request = request
    this.#takesPoints = capabilities.cacheBreakpoints
    this.#report = report
  }

  /** The block that stands behind what is worth caching; nothing where there is no breakpoint or no room for one. */
  after(cache: CacheBreakpoint | undefined): JsonObject[] {
    return cache === undefined ? [] : this.#write(cache.lifetime, () => placeOf(this.#request, cache))
  }

  /** The same for the breakpoint of a tool. */
  afterTool(tool: FunctionTool): JsonObject[] {
    const { hasCacheBreakpoint: lifetime } = tool
    if (lifetime === undefined) return []
    return this.#write(lifetime, () => placeOfTool(this.#request, tool, 'hasCacheBreakpoint'))
  }

  #write(lifetime: CacheBreakpoint['lifetime'], path: () => string): JsonObject[] {
    if (!this.#takesPoints) return this.#leaveOut(path, 'the model takes no cache points')
    if (this.#count >= MAX_POINTS) return this.#leaveOut(path, 'at most four cache points are allowed')
    this.#count += 1
    const isLong = lifetime === 'long' && !this.#hasShort
    if (lifetime === 'long' && !isLong)
      this.#approximate(path, 'a cache point may not live longer than one before it')
    this.#hasShort ||= !isLong
    return [{ cachePoint: { type: 'default', ...(isLong && { ttl: '1h' }) } }]
  }

  #approximate(path: () => string, reason: string): void {
    if (!this.#told.has(reason)) this.#report.approximate(path(), reason)
    this.#told.add(reason)
  }

  #leaveOut(path: () => string, reason: string): JsonObject[] {
    if (!this.#told.has(reason)) this.#report.drop(path(), reason)
    this.#told.add(reason)
    return []
  }
}
