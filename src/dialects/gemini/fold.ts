import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { StreamFold } from '../stream-reader.ts'

/** Chunks of a stream as the one response that they amount to: parts in order, neighbouring texts of one kind joined. */
export function createFold(): StreamFold {
  let last: JsonObject | undefined
  const candidates: Record<string, unknown>[] = []
  const parts: JsonObject[][] = []
  return {
    add(json) {
      last = { ...last, ...json }
      const entries: unknown = json.candidates
      if (!Array.isArray(entries)) return
      for (const entry of entries) if (isJsonObject(entry)) addCandidate(candidates, parts, entry)
    },
    whole: () =>
      last && {
        ...last,
        // a blocked prompt has none
        ...(last.candidates === undefined
          ? {}
          : { candidates: candidates.map((candidate, index) => withParts(candidate, parts[index])) }),
      },
  }
}

function addCandidate(candidates: Record<string, unknown>[], parts: JsonObject[][], entry: JsonObject): void {
  const index = typeof entry.index === 'number' ? entry.index : 0
  candidates[index] = { ...candidates[index], ...entry }
  parts[index] ??= []
  const content = entry.content
  const added: unknown = isJsonObject(content) ? content.parts : undefined
  if (!Array.isArray(added)) return
  for (const part of added) if (isJsonObject(part)) addPart(parts[index], part)
}

function addPart(parts: JsonObject[], part: JsonObject): void {
  // the last chunk often has a text without text, for its finish reason
  if (part.text === '' && isPlainText(part) && parts.length > 0) return
  const before = parts.at(-1)
  if (before !== undefined && isPlainText(before) && isPlainText(part) && before.thought === part.thought) {
    parts[parts.length - 1] = { ...before, text: `${String(before.text)}${String(part.text)}` }
  } else parts.push(part)
}

function isPlainText(part: JsonObject): boolean {
  return typeof part.text === 'string' && part.thoughtSignature === undefined
}

function withParts(candidate: JsonObject, parts: JsonObject[] | undefined): JsonObject {
  return { ...candidate, content: { role: 'model', parts: parts ?? [] } }
}
