import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type {
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../ir/part.ts'
import { parseExact } from '../exact-json.ts'
import { placeOf } from '../places.ts'
import type { Encoding } from './encoding.ts'
import { encodeResponseObject } from './function-response.ts'
import { encodeDetail, encodeFileData, encodeInlineData, encodeTextData } from './media.ts'
import { isOwn } from './signature.ts'

/** One part of a message, as none, one or several of Gemini's. @see https://ai.google.dev/api/caching#Part */
export function encodePart(
  part: Exclude<Part, { type: 'tool-result' | 'reasoning' }>,
  encoding: Encoding,
): JsonObject[] {
  switch (part.type) {
    case 'text':
      return encodeText(part, encoding)
    case 'refusal':
      encoding.approximateOnce(placeOf(encoding.request, part), 'a refusal becomes text')
      return part.text === '' ? [] : [{ text: part.text }]
    case 'image':
      return [{ ...encodeSource(part, part.source, encoding), ...detailOf(part, encoding) }]
    case 'document':
      return encodeDocument(part, encoding)
    case 'audio':
      return [encodeInlineData(part.mediaType, part.data)]
    case 'video':
      return [encodeSource(part, part.source, encoding)]
    case 'tool-call':
      return [encodeCall(part, encoding)]
    case 'hosted':
      if (part.dialect === 'gemini') return [part.wire]
      encoding.approximateOnce(placeOf(encoding.request, part), "another provider's tool use becomes text")
      return [{ text: JSON.stringify(part.wire) }]
  }
}

/** Empty text is refused by Gemini, unless it carries a signature. */
function encodeText(part: TextPart, encoding: Encoding): JsonObject[] {
  if (part.citations !== undefined && part.citations.length > 0)
    encoding.approximateOnce(
      placeOf(encoding.request, part, 'citations'),
      'citations in history are left out',
    )
  if (isOwn(part.carrier)) return [{ text: part.text, thoughtSignature: part.carrier.payload }]
  return part.text === '' ? [] : [{ text: part.text }]
}

function encodeCall(part: ToolCallPart, encoding: Encoding): JsonObject {
  const name = encoding.names.encode(part.name, part.namespace)
  const functionCall = { id: part.callId, name, args: argsOf(part, encoding) }
  return isOwn(part.carrier) ? { functionCall, thoughtSignature: part.carrier.payload } : { functionCall }
}

function argsOf(part: ToolCallPart, encoding: Encoding): JsonObject {
  if (part.kind === 'custom') return { input: part.input }
  const args = readArguments(part.input)
  if (args !== undefined) return args
  encoding.approximateOnce(
    placeOf(encoding.request, part, 'input'),
    'arguments that are no JSON object are wrapped in one, as "_raw"',
  )
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
  encoding: Encoding,
): { readonly result: JsonObject; readonly beside: readonly JsonObject[] } {
  const shown = part.content.filter(isMedia)
  const media = shown.flatMap((content) => encodePart(content, encoding))
  const functionResponse = { id: part.callId, name, response: encodeResponseObject(part) }
  for (const content of part.content) reportWritten(content, encoding)
  const [first] = shown
  if (first === undefined) return { result: { functionResponse }, beside: [] }
  if (takesMediaInResults(encoding)) {
    const parts = media.map(({ inlineData, fileData }) => (inlineData ? { inlineData } : { fileData }))
    return { result: { functionResponse: { ...functionResponse, parts } }, beside: [] }
  }
  encoding.approximateOnce(
    placeOf(encoding.request, first),
    'media in a tool result stands behind the result',
  )
  return {
    result: { functionResponse },
    beside: [{ text: `Returned by the tool call ${part.callId} (${name}):` }, ...media],
  }
}

/** A document that is text is written into the result. */
function reportWritten(part: ToolResultPart['content'][number], encoding: Encoding): void {
  if (part.type !== 'document' || part.source.type !== 'text') return
  const { report, request } = encoding
  if (part.filename !== undefined)
    report.drop(placeOf(request, part, 'filename'), 'Gemini takes no file names')
  encoding.approximateOnce(placeOf(request, part), 'a text document in a tool result becomes text')
}

function isMedia(part: ToolResultPart['content'][number]): boolean {
  return part.type === 'image' || (part.type === 'document' && part.source.type !== 'text')
}

/** The models that do are also the first to look at each image more or less closely. */
function takesMediaInResults({ target }: Encoding): boolean {
  return target.capabilities.toolResultMedia === true
}

function detailOf(part: ImagePart, encoding: Encoding): JsonObject {
  const encoded = encodeDetail(part.detail)
  if (Object.keys(encoded).length === 0 || encoding.request.source === 'gemini') return encoded
  if (!takesMediaInResults(encoding)) {
    encoding.report.drop(placeOf(encoding.request, part, 'detail'), 'the model has no resolution per image')
    return {}
  }
  encoding.approximateOnce(
    placeOf(encoding.request, part, 'detail'),
    'image detail becomes a media resolution',
  )
  return encoded
}

function encodeDocument(part: DocumentPart, encoding: Encoding): JsonObject[] {
  const at = (member: 'filename' | 'citesSources' | 'context') => placeOf(encoding.request, part, member)
  if (part.filename !== undefined) encoding.report.drop(at('filename'), 'Gemini takes no file names')
  if (part.citesSources === true) encoding.report.drop(at('citesSources'), 'Gemini cites no documents')
  const media =
    part.source.type === 'text' ? encodeTextData(part.source.text) : encodeSource(part, part.source, encoding)
  if (part.context === undefined || part.context === '') return [media]
  encoding.approximateOnce(at('context'), 'what is said about a document becomes text before it')
  return [{ text: part.context }, media]
}

function encodeSource(part: Part, source: MediaSource, { request, report }: Encoding): JsonObject {
  switch (source.type) {
    case 'base64':
      return encodeInlineData(source.mediaType, source.data)
    case 'url':
      // only a client of Gemini's own knows which addresses Gemini can read
      if (request.source === 'gemini') return encodeFileData(source.url, source.mediaType)
      return report.refuse(
        placeOf(request, part),
        'Gemini reads no public addresses; send the content itself, as base64',
      )
    case 'file':
      if (source.dialect === 'gemini') return encodeFileData(source.id, source.mediaType)
      return report.refuse(placeOf(request, part), "it is an upload at another provider's account")
  }
}
