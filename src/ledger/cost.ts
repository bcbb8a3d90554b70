import { totalInputTokens, type Usage } from '../ir/usage.ts'

/** Dollars per million tokens, as price lists have them; with tiers where long inputs cost more. */
export type Rate =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }

/** The rates of one model under the names of the price data; every one may be missing. */
export type ModelPrice = Readonly<Record<string, Rate | undefined>>

/** One dollar per million tokens is a thousand nano-dollars per token. */
const NANO_PER_TOKEN = 1000
/** One dollar per thousand calls is a million nano-dollars per call. */
const NANO_PER_CALL = 1_000_000

/**
 * What an answer cost, in nano-dollars, rounded once. A bucket without a rate of its own costs what the nearest more general one does:
 * audio as text, reasoning as output, cached input as input. Whole requests move to a higher tier, as providers bill them.
 */
export function costOf(usage: Usage, price: ModelPrice): number {
  const inputSize = totalInputTokens(usage)
  const rate = (...names: string[]) => firstRate(price, names, inputSize)
  const input = rate('input_mtok')
  const output = rate('output_mtok')
  const perMillion =
    usage.inputTokens * input +
    usage.cacheReadTokens * rate('cache_read_mtok', 'input_mtok') +
    usage.cacheWriteTokens * rate('cache_write_mtok', 'input_mtok') +
    usage.cacheWriteLongTokens * rate('cache_write_1h_mtok', 'cache_write_mtok', 'input_mtok') +
    usage.inputAudioTokens * rate('input_audio_mtok', 'input_mtok') +
    usage.outputTokens * output +
    usage.reasoningTokens * rate('output_reasoning_mtok', 'output_mtok') +
    usage.outputAudioTokens * rate('output_audio_mtok', 'output_mtok')
  const perCall = usage.hostedToolCalls * rate('web_searches_kcount') + rate('requests_kcount')
  return Math.round(perMillion * NANO_PER_TOKEN + perCall * NANO_PER_CALL)
}

function firstRate(price: ModelPrice, names: readonly string[], inputSize: number): number {
  for (const name of names) {
    const rate = price[name]
    if (rate !== undefined) return rateAt(rate, inputSize)
  }
  return 0
}

function rateAt(rate: Rate, inputSize: number): number {
  if (typeof rate === 'number') return rate
  const tier = rate.tiers.findLast(({ start }) => inputSize > start)
  return tier?.price ?? rate.base
}
