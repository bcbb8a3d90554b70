import { LRUCache } from 'lru-cache'
import type { ModelPrice } from './cost.ts'

/** Prices change by the hour at some providers, so what was looked up is not kept for long. */
const KEPT_MS = 5 * 60_000

type Prices = typeof import('@pydantic/genai-prices')

/**
 * Public list prices, bundled with the gateway and loaded with the first answer that has a price: they take memory that an idle
 * gateway need not hold.
 * @see https://github.com/pydantic/genai-prices
 */
export class PriceBook {
  readonly #known = new LRUCache<string, { readonly price: ModelPrice | undefined }>({
    max: 500,
    ttl: KEPT_MS,
  })
  #prices: Prices | undefined

  async load(): Promise<void> {
    this.#prices ??= await import('@pydantic/genai-prices')
  }

  get isLoaded(): boolean {
    return this.#prices !== undefined
  }

  /** The model's rates, or undefined: an unknown model has no price, which is not a price of zero. */
  find(provider: string, model: string): ModelPrice | undefined {
    const name = `${provider}/${model}`
    const known = this.#known.get(name)
    if (known !== undefined) return known.price
    const found = this.#prices?.calcPrice({ input_tokens: 1 }, model, { providerId: provider })
    const price = found?.model_price
    if (this.#prices !== undefined) this.#known.set(name, { price })
    return price
  }
}
