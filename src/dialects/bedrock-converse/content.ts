import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Carrier, Citation, ImagePart, Part } from '../../ir/part.ts'
import type { Dropped } from '../../ir/response.ts'
import { ID } from './id.ts'

/** Citations of the client's own documents point into a request that other formats spell differently. */
export const DROPPED_CITATIONS: Dropped = {
  path: 'citations',
  action: 'dropped',
  reason: 'only citations of web pages can be carried over',
}

/** A whole block of an answer. What we do not know stays what it is. */
export function decodeBlock(block: JsonObject, dropped: Dropped[]): Part {
  if (typeof block.text === 'string') return { type: 'text', text: block.text }
  if (isJsonObject(block.toolUse)) {
    const { toolUseId, name, input } = block.toolUse
    const call = { callId: textOf(toolUseId), name: textOf(name), input: JSON.stringify(input ?? {}) }
    return { type: 'tool-call', ...call, kind: 'function' }
  }
  if (isJsonObject(block.reasoningContent)) return decodeReasoning(block.reasoningContent)
  if (isJsonObject(block.citationsContent)) return decodeCited(block.citationsContent, dropped)
  const image = isJsonObject(block.image) ? decodeImage(block.image) : undefined
  return image ?? { type: 'hosted', dialect: ID, wire: block }
}

function decodeReasoning({ reasoningText, redactedContent }: JsonObject): Part {
  if (typeof redactedContent === 'string')
    return {
      type: 'reasoning',
      text: '',
      carrier: { origin: ID, kind: 'redacted', payload: redactedContent },
    }
  const { text, signature } = isJsonObject(reasoningText) ? reasoningText : {}
  const carrier = signed(signature)
  return { type: 'reasoning', text: textOf(text), ...(carrier !== undefined && { carrier }) }
}

export function signed(signature: unknown): Carrier | undefined {
  if (typeof signature !== 'string' || signature === '') return undefined
  return { origin: ID, kind: 'signature', payload: signature }
}

function decodeCited({ content, citations }: JsonObject, dropped: Dropped[]): Part {
  const texts: readonly unknown[] = Array.isArray(content) ? content : []
  const text = texts.map((piece) => (isJsonObject(piece) ? textOf(piece.text) : '')).join('')
  const list: readonly unknown[] = Array.isArray(citations) ? citations : []
  const known = list.flatMap((entry) => decodeCitation(entry) ?? [])
  if (known.length < list.length && !dropped.includes(DROPPED_CITATIONS)) dropped.push(DROPPED_CITATIONS)
  return { type: 'text', text, ...(known.length > 0 && { citations: known }) }
}

/** Undefined for anything but the citation of a web page. */
export function decodeCitation(wire: unknown): Citation | undefined {
  if (!isJsonObject(wire) || !isJsonObject(wire.location)) return undefined
  const { web } = wire.location
  if (!isJsonObject(web) || typeof web.url !== 'string') return undefined
  const quoted: unknown = Array.isArray(wire.sourceContent) ? wire.sourceContent[0] : undefined
  const text = isJsonObject(quoted) ? textOf(quoted.text) : ''
  return {
    type: 'url',
    url: web.url,
    ...(typeof wire.title === 'string' && { title: wire.title }),
    ...(text !== '' && { text }),
  }
}

export function decodeImage({ format, source }: JsonObject): ImagePart | undefined {
  const bytes = isJsonObject(source) ? source.bytes : undefined
  if (typeof bytes !== 'string') return undefined
  return {
    type: 'image',
    source: { type: 'base64', mediaType: `image/${textOf(format) || 'png'}`, data: bytes },
  }
}
