import { type Answer, planAnswer } from './answer.ts'
import type { Ask } from './ask.ts'
import type { JsonObject } from './json.ts'
import { behaviourOf } from './models.ts'
import type { CacheOutcome, PromptCache } from './prompt-cache.ts'

export interface ReplyUsage {
  /** All tokens read: fresh, from the cache, and into it. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly isLongLivedCache: boolean
  /** All tokens written, reasoning included. */
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** An answer together with the request that it answers: all that a dialect needs to write it down. */
export interface Reply {
  readonly number: number
  readonly createdSeconds: number
  readonly model: string
  readonly body: JsonObject
  readonly ask: Ask
  /** One per choice asked for, never empty. */
  readonly answers: readonly [Answer, ...Answer[]]
  readonly usage: ReplyUsage
}

export interface ReplyOptions {
  readonly number: number
  readonly model: string
  readonly body: JsonObject
  readonly ask: Ask
  readonly credential: string
  readonly cache: PromptCache
}

const OVERHEAD_TOKENS = 3
const MAX_NUMBER = 36 ** 9

/** Plans the answers of a request and counts its tokens. */
export function planReply({ number, model, body, ask, credential, cache }: ReplyOptions): Reply {
  const behaviour = behaviourOf(model)
  const first = planAnswer(ask, behaviour, 0)
  const others = Array.from({ length: ask.choiceCount - 1 }, (_, index) =>
    planAnswer(ask, behaviour, index + 1),
  )
  const answers = [first, ...others] as const satisfies Answer[]
  const inputTokens = countInputTokens(ask)
  const remembered = cache.use(ask, `${credential}\n${model}`)
  const cached = behaviour === 'cached' ? alwaysCached(inputTokens) : remembered
  const usage = {
    inputTokens,
    cacheReadTokens: cached.readTokens,
    cacheWriteTokens: cached.writeTokens,
    isLongLivedCache: cached.isLongLived,
    outputTokens: answers.reduce((sum, answer) => sum + answer.outputTokens, 0),
    reasoningTokens: answers.reduce((sum, answer) => sum + answer.reasoningTokens, 0),
  }
  return { number, createdSeconds: Math.floor(Date.now() / 1000), model, body, ask, answers, usage }
}

function alwaysCached(inputTokens: number): CacheOutcome {
  const [readTokens, writeTokens] = [Math.ceil(inputTokens / 4), Math.ceil(inputTokens / 8)]
  return { readTokens, writeTokens, isLongLived: false }
}

export function countInputTokens(ask: Ask): number {
  const preset = ask.presetCacheTokens ?? 0
  return ask.blocks.reduce((sum, block) => sum + block.tokens, OVERHEAD_TOKENS + preset)
}

/** What reasoning is sealed with: which answer it belongs to, and where in it. */
export function sealNumber(number: number, index: number): number {
  return number + index * MAX_NUMBER
}

/** An id in a provider's style, from a reply's number: the same prefix and number give the same id. */
export function mintId(prefix: string, number: number, index?: number): string {
  const serial = number.toString(36).padStart(10, '0')
  return `${prefix}sim${serial}${index === undefined ? '' : index.toString(36).padStart(3, '0')}`
}

/** What an id of ours was minted from, with its part's index; undefined for ids of others. */
export function readMinted(prefix: string, id: string): { number: number; index: number } | undefined {
  if (!id.startsWith(`${prefix}sim`)) return undefined
  const serial = id.slice(prefix.length + 3)
  if (!/^[0-9a-z]{13}$/.test(serial)) return undefined
  return { number: Number.parseInt(serial.slice(0, 10), 36), index: Number.parseInt(serial.slice(10), 36) }
}
