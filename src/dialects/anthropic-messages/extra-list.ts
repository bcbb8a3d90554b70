import type { JsonObject } from '../../core/json.ts'
import type { Extra } from '../../ir/request.ts'
import { Places } from '../places.ts'
import { ID } from './id.ts'

/** Collects what a request says and the IR has no place for. */
export class ExtraList {
  readonly #extras: Extra[] = []
  /** Where what the IR has a place for stood. */
  readonly places = new Places()

  get extras(): readonly Extra[] {
    return this.#extras
  }

  hint(path: string, value: unknown): void {
    this.#extras.push({ dialect: ID, path, value, weight: 'hint' })
  }

  contract(path: string, value: unknown): void {
    this.#extras.push({ dialect: ID, path, value, weight: 'contract' })
  }

  /** Every field of the object but the known ones, as a hint. Null and empty lists say nothing. */
  hintOthers(object: JsonObject, known: ReadonlySet<string>, path: string): void {
    for (const [key, value] of Object.entries(object)) {
      if (!known.has(key) && saysSomething(value)) this.hint(`${path}.${key}`, value)
    }
  }
}

/** False for null and for an empty list: clients send those for what they do not want. */
export function saysSomething(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
}
