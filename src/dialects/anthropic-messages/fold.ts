import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { StreamFold } from '../stream-reader.ts'

type Block = Record<string, unknown> & { partialInput?: string }

/** Events of a message as the message that they amount to. */
export function createFold(): StreamFold {
  let message: JsonObject | undefined
  const blocks: Block[] = []
  return {
    add(json) {
      if (json.type === 'message_start' && isJsonObject(json.message)) message = json.message
      if (json.type === 'message_delta' && message !== undefined) message = withDelta(message, json)
      const index = typeof json.index === 'number' ? json.index : 0
      if (json.type === 'content_block_start' && isJsonObject(json.content_block)) {
        blocks[index] = { ...json.content_block }
      }
      const block = blocks[index]
      if (json.type === 'content_block_delta' && block !== undefined && isJsonObject(json.delta)) {
        addDelta(block, json.delta)
      }
    },
    whole: () =>
      message && { ...message, content: blocks.filter((block) => block !== undefined).map(wholeBlock) },
  }
}

function withDelta(message: JsonObject, json: JsonObject): JsonObject {
  const delta = isJsonObject(json.delta) ? json.delta : {}
  const before = isJsonObject(message.usage) ? message.usage : {}
  const usage = isJsonObject(json.usage) ? withoutNulls(json.usage) : {}
  return { ...message, ...delta, usage: { ...before, ...usage } }
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
}

function addDelta(block: Block, delta: JsonObject): void {
  switch (delta.type) {
    case 'text_delta':
      block.text = `${textOf(block.text)}${textOf(delta.text)}`
      return
    case 'thinking_delta':
      block.thinking = `${textOf(block.thinking)}${textOf(delta.thinking)}`
      return
    case 'signature_delta':
      block.signature = delta.signature
      return
    case 'input_json_delta':
      block.partialInput = `${block.partialInput ?? ''}${textOf(delta.partial_json)}`
      return
    case 'citations_delta': {
      const before = block.citations
      block.citations = [...(Array.isArray(before) ? before : []), delta.citation]
      return
    }
  }
}

function wholeBlock({ partialInput, ...block }: Block): JsonObject {
  if (partialInput === undefined || partialInput === '') return block
  return { ...block, input: parsedOrText(partialInput) }
}

/** A cut leaves half an object behind; the log shows it as the text it is. */
function parsedOrText(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
