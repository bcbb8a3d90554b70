import { type JsonObject, listOf, textOf } from './json.ts'
import { invalid, type Problem } from './problem.ts'
import { itemsOf } from './read-responses.ts'

interface StoredResponse {
  readonly response: JsonObject
  /** The whole conversation up to and including the response. */
  readonly items: readonly unknown[]
}

const MAX_RESPONSES = 200

/** Keeps the last Responses that the client wanted stored, so that `previous_response_id` can build on them. */
export class ResponseStore {
  readonly #stored = new Map<string, StoredResponse>()

  /** The body with the conversation that `previous_response_id` names in front of its input. */
  expand(body: JsonObject): JsonObject {
    const earlier = this.#stored.get(textOf(body.previous_response_id))
    return earlier ? { ...body, input: [...earlier.items, ...itemsOf(body.input)] } : body
  }

  /** A problem where `previous_response_id` names a response that is not kept. */
  checkPrevious({ previous_response_id: id }: JsonObject): Problem | undefined {
    if (typeof id !== 'string' || this.#stored.has(id)) return undefined
    const message = `Previous response with id '${id}' not found.`
    return invalid(message, 'previous_response_id', 'previous_response_not_found')
  }

  keep(body: JsonObject, response: JsonObject): void {
    const oldest = this.#stored.size >= MAX_RESPONSES ? this.#stored.keys().next().value : undefined
    if (oldest !== undefined) this.#stored.delete(oldest)
    const items = [...itemsOf(body.input), ...listOf(response.output)]
    this.#stored.set(textOf(response.id), { response, items })
  }

  get(id: string): JsonObject | undefined {
    return this.#stored.get(id)?.response
  }

  delete(id: string): boolean {
    return this.#stored.delete(id)
  }
}
