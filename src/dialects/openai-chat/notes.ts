import type { Extra } from '../../ir/request.ts'

/** Collects what a request says beyond the internal representation. Paths are Chat's. */
export class Notes {
  readonly #extras: Extra[] = []

  get extras(): readonly Extra[] {
    return this.#extras
  }

  /** May be left out and reported. */
  hint(path: string, value: unknown): void {
    this.#extras.push({ dialect: 'openai-chat', path, value, weight: 'hint' })
  }

  /** May not be left out. */
  contract(path: string, value: unknown): void {
    this.#extras.push({ dialect: 'openai-chat', path, value, weight: 'contract' })
  }

  add(extras: readonly Extra[]): void {
    this.#extras.push(...extras)
  }
}
