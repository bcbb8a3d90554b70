import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamFold } from '../stream-reader.ts'

/** Chunks of a legacy completion as the completion that they amount to. */
export function createFold(): StreamFold {
  const choices: Record<string, unknown>[] = []
  let first: JsonObject = {}
  let usage: unknown
  return {
    add(json) {
      if (choices.length === 0) first = json
      usage = json.usage ?? usage
      const entries: unknown = json.choices
      if (!Array.isArray(entries)) return
      for (const entry of entries) if (isJsonObject(entry)) addChoice(choices, entry)
    },
    whole: () => ({ ...first, choices: choices.filter((choice) => choice !== undefined), usage }),
  }
}

function addChoice(choices: Record<string, unknown>[], entry: JsonObject): void {
  const index = typeof entry.index === 'number' ? entry.index : 0
  const before = choices[index]
  const text = `${textOf(before?.text)}${textOf(entry.text)}`
  choices[index] = {
    ...before,
    ...entry,
    text,
    finish_reason: entry.finish_reason ?? before?.finish_reason,
  }
}
