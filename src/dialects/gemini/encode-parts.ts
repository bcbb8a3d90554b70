import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type {
  DocumentPart,
  MediaSource,
  Part,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../ir/part.ts'
import { parseExact } from '../exact-json.ts'
import type { Encoding } from './encoding.ts'
import { encodeResponseObject } from './function-response.ts'
import { encodeDetail, encodeFileData, encodeInlineData, encodeTextData } from './media.ts'
import { isOwn } from './signature.ts'

/** Where the part stands that is being encoded. */
export interface Place extends Encoding {
  readonly path: string
}

/** One part of a message, as none, one or several of Gemini's. @see https://ai.google.dev/api/caching#Part */
export function encodePart(
  part: Exclude<Part, { type: 'tool-result' | 'reasoning' }>,
  place: Place,
): JsonObject[] {
  switch (part.type) {
    case 'text':
      return encodeText(part, place)
    case 'refusal':
      place.approximateOnce(place.path, 'a refusal becomes text')
      return part.text === '' ? [] : [{ text: part.text }]
    case 'image':
      return [{ ...encodeSource(part.source, place), ...detailOf(part.detail, place) }]
    case 'document':
      return encodeDocument(part, place)
    case 'audio':
      return [encodeInlineData(part.mediaType, part.data)]
    case 'video':
      return [encodeSource(part.source, place)]
    case 'tool-call':
      return [encodeCall(part, place)]
    case 'hosted':
      if (part.dialect === 'gemini') return [part.wire]
      place.approximateOnce(place.path, "another provider's tool use becomes text")
      return [{ text: JSON.stringify(part.wire) }]
  }
}

/** Empty text is refused by Gemini, unless it carries a signature. */
function encodeText(part: TextPart, place: Place): JsonObject[] {
  if (part.citations !== undefined && part.citations.length > 0)
    place.approximateOnce(place.path, 'citations in history are left out')
  if (isOwn(part.carrier)) return [{ text: part.text, thoughtSignature: part.carrier.payload }]
  return part.text === '' ? [] : [{ text: part.text }]
}

function encodeCall(part: ToolCallPart, place: Place): JsonObject {
  const name = place.names.encode(part.name, part.namespace)
  const functionCall = { id: part.callId, name, args: argsOf(part, place) }
  return isOwn(part.carrier) ? { functionCall, thoughtSignature: part.carrier.payload } : { functionCall }
}

function argsOf(part: ToolCallPart, place: Place): JsonObject {
  if (part.kind === 'custom') return { input: part.input }
  const args = readArguments(part.input)
  if (args !== undefined) return args
  place.approximateOnce(place.path, 'arguments that are no JSON object are wrapped in one, as "_raw"')
  return { _raw: part.input }
}

/** The arguments of a call as the object that they spell; undefined where they spell none. */
export function readArguments(input: string): JsonObject | undefined {
  if (input === '') return {}
  try {
    const args = parseExact(input)
    return isJsonObject(args) ? args : undefined
  } catch {
    return undefined
  }
}

/** A result's part, and what newer models take inside it but older ones beside it. */
export function encodeResult(
  part: ToolResultPart,
  name: string,
  place: Place,
): { readonly result: JsonObject; readonly beside: readonly JsonObject[] } {
  const media = part.content.flatMap((content) => (isMedia(content) ? encodePart(content, place) : []))
  const functionResponse = { id: part.callId, name, response: encodeResponseObject(part) }
  if (media.length === 0) return { result: { functionResponse }, beside: [] }
  if (takesMediaInResults(place)) {
    const parts = media.map(({ inlineData, fileData }) => (inlineData ? { inlineData } : { fileData }))
    return { result: { functionResponse: { ...functionResponse, parts } }, beside: [] }
  }
  place.approximateOnce(place.path, 'media in a tool result stands behind the result')
  return {
    result: { functionResponse },
    beside: [{ text: `Returned by the tool call ${part.callId} (${name}):` }, ...media],
  }
}

function isMedia(part: ToolResultPart['content'][number]): boolean {
  return part.type === 'image' || (part.type === 'document' && part.source.type !== 'text')
}

/** The models that sign their calls are also the first that take media in results. */
function takesMediaInResults({ target }: Encoding): boolean {
  return target.capabilities.requiresSignatures
}

function detailOf(detail: Parameters<typeof encodeDetail>[0], place: Place): JsonObject {
  const encoded = encodeDetail(detail)
  if (Object.keys(encoded).length === 0 || place.request.source === 'gemini') return encoded
  if (!takesMediaInResults(place)) {
    place.report.drop(place.path, 'the model has no resolution per image')
    return {}
  }
  place.approximateOnce(place.path, 'image detail becomes a media resolution')
  return encoded
}

function encodeDocument(part: DocumentPart, place: Place): JsonObject[] {
  if (part.filename !== undefined) place.report.drop(place.path, 'Gemini takes no file names')
  if (part.citesSources === true) place.report.drop(place.path, 'Gemini cites no documents')
  const media =
    part.source.type === 'text' ? encodeTextData(part.source.text) : encodeSource(part.source, place)
  if (part.context === undefined || part.context === '') return [media]
  place.approximateOnce(place.path, 'what is said about a document becomes text before it')
  return [{ text: part.context }, media]
}

function encodeSource(source: MediaSource, place: Place): JsonObject {
  const { request, report, path } = place
  switch (source.type) {
    case 'base64':
      return encodeInlineData(source.mediaType, source.data)
    case 'url':
      // only a client of Gemini's own knows which addresses Gemini can read
      if (request.source === 'gemini') return encodeFileData(source.url, source.mediaType)
      return report.refuse(path, 'Gemini reads no public addresses; send the content itself, as base64')
    case 'file':
      if (source.dialect === 'gemini') return encodeFileData(source.id, undefined)
      return report.refuse(path, "it is an upload at another provider's account")
  }
}
