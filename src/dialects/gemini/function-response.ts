import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { DocumentPart, ImagePart, Part, TextPart, ToolResultPart } from '../../ir/part.ts'
import type { Places } from '../places.ts'
import { decodeFileData, decodeInlineData } from './media.ts'
import { messageIn, messagesIn, type ProtoMessage, textIn } from './proto-json.ts'

type ResultContent = TextPart | ImagePart | DocumentPart

/**
 * A function's result. Its `response` is an object: `output` or `error` say what they are, anything else is the result as a whole.
 * @see https://ai.google.dev/api/caching#FunctionResponse
 */
export function decodeFunctionResponse(wire: ProtoMessage, callId: string, places: Places): ToolResultPart {
  const { fields: response, path } = messageIn(wire, 'response') ?? { fields: {}, path: wire.path }
  const name = textIn(wire, 'name')
  const { text, isError, isWrapped } = readResponse(response)
  return {
    type: 'tool-result',
    callId,
    ...(name !== undefined && { name }),
    content: [
      ...(text === '' ? [] : [places.note({ type: 'text', text } as const, path)]),
      ...mediaOf(wire, places),
    ],
    ...(!isWrapped && { json: response }),
    isError,
    kind: 'function',
  }
}

interface ReadResponse {
  readonly text: string
  readonly isError: boolean
  /** True where the object held a text and nothing else, so that the text alone gives it back. */
  readonly isWrapped: boolean
}

function readResponse(response: JsonObject): ReadResponse {
  const keys = Object.keys(response)
  const only = keys.length === 1 ? keys[0] : undefined
  if (keys.length === 0) return { text: '', isError: false, isWrapped: true }
  if (only !== 'output' && only !== 'error')
    return {
      text: JSON.stringify(response),
      isError: 'error' in response && !('output' in response),
      isWrapped: false,
    }
  const value = response[only]
  const isText = typeof value === 'string'
  return {
    text: isText ? value : JSON.stringify(value ?? null),
    isError: only === 'error',
    isWrapped: isText,
  }
}

function mediaOf(wire: ProtoMessage, places: Places): ResultContent[] {
  return messagesIn(wire, 'parts').flatMap((part) => {
    const inline = messageIn(part, 'inlineData')
    const file = messageIn(part, 'fileData')
    const media = inline ? decodeInlineData(inline, part) : file && decodeFileData(file, part)
    return media === undefined ? [] : [places.note(asContent(media), part.path)]
  })
}

/** A result holds texts, images and documents; sound and film count as documents of their own media type. */
function asContent(media: Part): ResultContent {
  switch (media.type) {
    case 'image':
    case 'document':
    case 'text':
      return media
    case 'audio':
      return { type: 'document', source: { type: 'base64', mediaType: media.mediaType, data: media.data } }
    case 'video':
      return { type: 'document', source: media.source }
    default:
      return { type: 'text', text: '' }
  }
}

/** The `response` object of a result: as it came where it was an object, else its text under the key that says what it is. */
export function encodeResponseObject(part: ToolResultPart): JsonObject {
  if (part.json !== undefined && isJsonObject(part.json)) return part.json
  const text = part.content.map(textOf).filter(Boolean).join('\n')
  return part.isError ? { error: text } : { output: text }
}

function textOf(part: ResultContent): string {
  if (part.type === 'text') return part.text
  if (part.type !== 'document' || part.source.type !== 'text') return ''
  return [part.context, part.source.text].filter(Boolean).join('\n')
}
