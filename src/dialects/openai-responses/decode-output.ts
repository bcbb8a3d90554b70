import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Citation, ImagePart, Part, ReasoningPart } from '../../ir/part.ts'
import { decodeTokens } from '../openai-logprobs.ts'
import { given } from './given.ts'

interface ItemPlace {
  readonly textBefore: number
  readonly fallbackCallId: string
  /** Of the calls before it; its own is added. */
  readonly usedCallIds: Set<string>
}

/** An id for a call that came without one: the same however often the answer is read, and no other call's. */
export function fallbackCallId(responseId: string, index: number): string {
  return `call_${responseId.replace(/[^a-zA-Z0-9]/g, '').slice(-40)}_${index}`
}

/** The call's own id, unless it is blank or an earlier call of the answer has it. */
export function uniqueCallId(item: JsonObject, fallback: string, used: Set<string>): string {
  const own = textOf(item.call_id)
  const id = own.trim() === '' || used.has(own) ? fallback : own
  used.add(id)
  return id
}

/**
 * One output item of an upstream's answer as parts. `textBefore` is the length of the text that the answer showed before it: citations
 * count from the start of the answer. Offsets are UTF-16 code units, as JavaScript clients slice texts.
 * @see https://platform.openai.com/docs/api-reference/responses/object (`output`)
 */
export function decodeOutputItem(item: JsonObject, place: ItemPlace): Part[] {
  switch (item.type) {
    case 'message':
      return decodeMessageContent(objectsOf(item.content), place.textBefore, phaseOf(item))
    case 'reasoning': {
      const part = decodeReasoning(item)
      return part === undefined ? [] : [part]
    }
    case 'function_call':
    case 'custom_tool_call':
      return [decodeCall(item, uniqueCallId(item, place.fallbackCallId, place.usedCallIds))]
    default:
      return [decodeImage(item) ?? { type: 'hosted', dialect: 'openai-responses', wire: item }]
  }
}

/** Of the assistant's message: thinking aloud, or the final answer. */
export function phaseOf({ phase }: JsonObject): string | undefined {
  return typeof phase === 'string' ? phase : undefined
}

/** A picture that the model made; undefined for every other item. */
export function decodeImage(item: JsonObject): ImagePart | undefined {
  const { type, result, output_format: format } = item
  if (type !== 'image_generation_call' || typeof result !== 'string' || result === '') return undefined
  const mediaType = `image/${typeof format === 'string' ? format : 'png'}`
  return { type: 'image', source: { type: 'base64', mediaType, data: result } }
}

export function objectsOf(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

/** Texts and refusals of a message, each told of with its index; what is empty says nothing and is left out. */
export function decodeMessageContent(
  content: readonly JsonObject[],
  textBefore: number,
  phase?: string,
  onPart?: (part: Part, index: number) => void,
): Part[] {
  const parts: Part[] = []
  const add = (part: Part, index: number) => {
    parts.push(part)
    onPart?.(part, index)
  }
  let offset = textBefore
  for (const [index, part] of content.entries()) {
    if (part.type === 'refusal') {
      const text = textOf(part.refusal)
      if (text !== '') add({ type: 'refusal', text, ...given({ phase }) }, index)
      continue
    }
    const text = textOf(part.text)
    if (text === '') continue
    const citations = decodeCitations(part.annotations, offset)
    const logprobs = decodeTokens(part.logprobs)
    const cited = citations.length > 0 && { citations }
    add({ type: 'text', text, ...cited, ...given({ logprobs, phase }) }, index)
    offset += text.length
  }
  return parts
}

export function decodeCitations(annotations: unknown, textBefore: number): Citation[] {
  return objectsOf(annotations).flatMap((annotation) => decodeCitation(annotation, textBefore) ?? [])
}

/** Undefined for citations of files, which nobody outside the account can open. A span of nothing means the whole text. */
export function decodeCitation(annotation: JsonObject, textBefore: number): Citation | undefined {
  if (annotation.type !== 'url_citation' || typeof annotation.url !== 'string') return undefined
  const { start_index: start, end_index: end } = annotation
  const isNowhere = typeof start === 'number' && typeof end === 'number' && end <= start
  const at = (offset: unknown) => (typeof offset === 'number' && !isNowhere ? offset + textBefore : undefined)
  return {
    type: 'url',
    url: annotation.url,
    ...given({
      title: typeof annotation.title === 'string' ? annotation.title : undefined,
      start: at(start),
      end: at(end),
    }),
  }
}

/** Between the summaries of one reasoning item, and its texts. */
export const PARAGRAPH = '\n\n'

/** Undefined where the item holds nothing that anybody could use: no text, and no sealed content. */
function decodeReasoning(item: JsonObject): ReasoningPart | undefined {
  const summary = textsOf(item.summary)
  const text = [...summary, ...textsOf(item.content)].join(PARAGRAPH)
  const carrier = upstreamCarrier(item)
  if (text === '' && carrier === undefined) return undefined
  return { type: 'reasoning', text, ...(summary.length > 0 && { isSummary: true }), ...given({ carrier }) }
}

export function textsOf(list: unknown): string[] {
  return objectsOf(list)
    .map((entry) => textOf(entry.text))
    .filter((text) => text !== '')
}

/** The sealed content of a reasoning item that this upstream made. */
export function upstreamCarrier(item: JsonObject): ReasoningPart['carrier'] {
  const payload = item.encrypted_content
  if (typeof payload !== 'string' || payload === '') return undefined
  const itemId = typeof item.id === 'string' && item.id !== '' ? item.id : undefined
  return { origin: 'openai-responses', kind: 'encrypted', payload, ...given({ itemId }) }
}

function decodeCall(item: JsonObject, callId: string): Part {
  const isCustom = item.type === 'custom_tool_call'
  return {
    type: 'tool-call',
    callId,
    name: textOf(item.name),
    kind: isCustom ? 'custom' : 'function',
    input: isCustom ? textOf(item.input) : textOf(item.arguments) || '{}',
    ...given({ namespace: typeof item.namespace === 'string' ? item.namespace : undefined }),
  }
}
