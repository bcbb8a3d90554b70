import type { JsonObject } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import { isFilled, objectsAt } from '../json-read.ts'

/** Chat and the legacy format stream alike: every chunk says whose it is, and every choice which one it goes on with. */
export function problemsOfChunks(chunks: readonly JsonObject[]): (string | undefined)[] {
  return chunks.flatMap((chunk) => {
    const { id, created, model } = chunk
    return [
      unless(isFilled(id), `id of every chunk is text, not ${shown(id)}`),
      unless(Number.isInteger(created), `created of every chunk is whole seconds, not ${shown(created)}`),
      unless(isFilled(model), `model of every chunk is text, not ${shown(model)}`),
      ...objectsAt(chunk, 'choices').map(({ index }) =>
        unless(Number.isInteger(index), `index of every choice is a number, not ${shown(index)}`),
      ),
    ]
  })
}
