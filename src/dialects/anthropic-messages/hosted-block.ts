import { type JsonObject, textOf } from '../../core/json.ts'

/** A block of a provider's own tool as it comes in pieces. */
export interface HostedBlock {
  add(delta: JsonObject): void
  /** The block as a whole answer would have it. */
  whole(): JsonObject
}

/** Starts with the block of `content_block_start`. Its input is put together once, at the end. */
export function createHostedBlock(start: JsonObject): HostedBlock {
  const json: string[] = []
  const contents: string[] = []
  return {
    add(delta) {
      json.push(textOf(delta.partial_json))
      contents.push(textOf(delta.content))
    },
    whole() {
      const text = json.join('')
      const content = contents.join('')
      return {
        ...start,
        ...(text !== '' && { input: parsedOrText(text) }),
        ...(content !== '' && { content }),
      }
    },
  }
}

function parsedOrText(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
