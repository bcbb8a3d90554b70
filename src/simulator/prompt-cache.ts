import { createHash } from 'node:crypto'
import type { Ask, PromptBlock } from './ask.ts'

export interface CacheOutcome {
  readonly readTokens: number
  readonly writeTokens: number
  readonly isLongLived: boolean
}

const NOTHING: CacheOutcome = { readTokens: 0, writeTokens: 0, isLongLived: false }
const MAX_PREFIXES = 20_000

/** Remembers which prompt prefixes were seen, so that a repeated one is reported as read from a cache. */
export class PromptCache {
  readonly #seen = new Set<string>()

  /** Looks a prompt up and remembers it. `scope` keeps accounts and models apart. */
  use(ask: Ask, scope: string): CacheOutcome {
    if (ask.presetCacheTokens !== undefined) return { ...NOTHING, readTokens: ask.presetCacheTokens }
    const last = ask.blocks.findLastIndex((block) => block.breakpoint !== undefined)
    const isExplicit = last >= 0
    if (!isExplicit && ask.cacheKey === undefined) return NOTHING
    const prefix = isExplicit ? ask.blocks.slice(0, last + 1) : ask.blocks
    const { readTokens, allTokens } = this.#walk(prefix, `${scope}\n${ask.cacheKey ?? ''}`)
    const isLongLived = prefix.at(-1)?.breakpoint === 'long'
    // a cache without breakpoints is filled free of charge, so nothing is reported as written
    return { readTokens, writeTokens: isExplicit ? allTokens - readTokens : 0, isLongLived }
  }

  #walk(blocks: readonly PromptBlock[], scope: string): { readTokens: number; allTokens: number } {
    let hash = scope
    let readTokens = 0
    let allTokens = 0
    for (const block of blocks) {
      hash = createHash('sha1').update(hash).update('\0').update(block.text).digest('base64')
      allTokens += block.tokens
      if (this.#seen.has(hash)) readTokens = allTokens
      this.#remember(hash)
    }
    return { readTokens, allTokens }
  }

  #remember(hash: string): void {
    if (this.#seen.size >= MAX_PREFIXES) this.#seen.clear()
    this.#seen.add(hash)
  }
}
