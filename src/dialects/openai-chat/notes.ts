import type { Extra } from '../../ir/request.ts'
import { Places } from '../places.ts'

/** Collects what a request says beyond the internal representation. Paths are Chat's. */
export class Notes {
  readonly #extras: Extra[] = []
  /** Where what it says in the representation stood. */
  readonly places = new Places()

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
