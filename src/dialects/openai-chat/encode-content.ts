import type { JsonObject } from '../../core/json.ts'
import type { AudioPart, DocumentPart, ImagePart, Part, TextPart } from '../../ir/part.ts'
import { properMediaType } from '../media-type.ts'
import { placeOf } from '../places.ts'
import { approximateOnce, dropOnce, type Encoding, encodeBreakpoint } from './target.ts'

/** A user message's parts: one text as it is, everything else as a list. */
export function encodeUserContent(encoding: Encoding, parts: readonly Part[]): string | JsonObject[] {
  const wire = parts
    .map((part) => encodeUserPart(encoding, part))
    .filter((part): part is JsonObject => part !== undefined)
  const [first] = wire
  if (first === undefined) return ''
  if (wire.length === 1 && first.type === 'text' && first.prompt_cache_breakpoint === undefined)
    return first.text as string
  return wire
}

/**
 * Texts where nothing else may stand. Several are a list for those who take it and one text, joined by `separator`, for the others.
 */
export function encodeTexts(
  encoding: Encoding,
  parts: readonly TextPart[],
  separator: string,
): string | JsonObject[] {
  const wire = parts.map((part) => encodeText(encoding, part))
  const isPlain = wire.every((part) => part.prompt_cache_breakpoint === undefined)
  if (isPlain && (parts.length < 2 || !encoding.isOpenAi))
    return parts.map(({ text }) => text).join(separator)
  return wire
}

export function encodeText(encoding: Encoding, { text, cache }: TextPart): JsonObject {
  return { type: 'text', text, ...encodeBreakpoint(encoding, cache) }
}

/** One part of a user message; images and documents of tool results come here, too. */
export function encodeUserPart(encoding: Encoding, part: Part): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return encodeText(encoding, part)
    case 'image':
      return encodeImage(encoding, part)
    case 'document':
      return encodeDocument(encoding, part)
    case 'audio':
      return encodeAudio(encoding, part)
    case 'video':
      return encoding.report.refuse(placeOf(encoding.request, part), 'Chat takes no videos')
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'hosted':
      dropHosted(encoding, part)
      return undefined
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return undefined
    default:
      return part satisfies never
  }
}

export function dropHosted(encoding: Encoding, part: Part): void {
  const reason = "what a provider's own tool did cannot be shown to another"
  dropOnce(encoding, placeOf(encoding.request, part), reason)
}

/** The text of a document that is one; undefined for every other. */
export function documentText({ source }: DocumentPart): string | undefined {
  if (source.type === 'text') return source.text
  if (source.type !== 'base64' || !source.mediaType.startsWith('text/')) return undefined
  return Buffer.from(source.data, 'base64').toString('utf8')
}

/** Reports that a document which is text becomes part of the message, and loses its name. */
export function writeOut(encoding: Encoding, part: DocumentPart): void {
  const { request } = encoding
  approximateOnce(encoding, placeOf(request, part), 'a text document is written into the message')
  if (part.filename !== undefined)
    dropOnce(encoding, placeOf(request, part, 'filename'), 'a text in a message has no name')
}

const FOREIGN_FILE = 'a file id is known to its own provider only'

function encodeImage(encoding: Encoding, part: ImagePart): JsonObject {
  const { source, detail, cache } = part
  const url = source.type === 'url' ? source.url : source.type === 'base64' ? dataUrl(source) : undefined
  if (url === undefined) return encoding.report.refuse(placeOf(encoding.request, part), FOREIGN_FILE)
  if (detail !== undefined && encoding.request.source === 'gemini')
    approximateOnce(
      encoding,
      placeOf(encoding.request, part, 'detail'),
      'a media resolution became the detail of an image',
    )
  const image = detail === undefined ? { url } : { url, detail }
  return { type: 'image_url', image_url: image, ...encodeBreakpoint(encoding, cache) }
}

function encodeDocument(encoding: Encoding, part: DocumentPart): JsonObject {
  const { request, report } = encoding
  const { source, filename, cache } = part
  if (part.context !== undefined)
    dropOnce(encoding, placeOf(request, part, 'context'), 'Chat has no context for documents')
  if (part.citesSources === true) {
    const path = placeOf(request, part, 'citesSources')
    dropOnce(encoding, path, 'Chat cannot be asked for citations of documents')
  }
  const text = documentText(part)
  if (text !== undefined) {
    writeOut(encoding, part)
    return { type: 'text', text, ...encodeBreakpoint(encoding, cache) }
  }
  if (source.type === 'url') return report.refuse(placeOf(request, part), 'Chat takes no URLs of documents')
  if (source.type === 'file' && source.dialect === 'openai-chat')
    return { type: 'file', file: { file_id: source.id }, ...encodeBreakpoint(encoding, cache) }
  if (source.type !== 'base64') return report.refuse(placeOf(request, part), FOREIGN_FILE)
  const file = { filename: filename ?? 'document.pdf', file_data: dataUrl(source) }
  return { type: 'file', file, ...encodeBreakpoint(encoding, cache) }
}

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
}

function encodeAudio({ request, report }: Encoding, part: AudioPart): JsonObject {
  const { mediaType, data } = part
  const format = AUDIO_FORMATS[mediaType.toLowerCase()]
  if (format === undefined)
    return report.refuse(placeOf(request, part), `Chat takes wav and mp3, not ${mediaType}`)
  return { type: 'input_audio', input_audio: { data, format } }
}

export function dataUrl({ mediaType, data }: { readonly mediaType: string; readonly data: string }): string {
  return `data:${properMediaType(mediaType)};base64,${data}`
}

/** What may be said in an assistant message: texts and a refusal. */
export function encodeSaid(encoding: Encoding, parts: readonly Part[]): JsonObject {
  const texts = parts.filter((part): part is TextPart => part.type === 'text' && part.text !== '')
  const refusals = parts.filter((part) => part.type === 'refusal').map(({ text }) => text)
  // blocks of one answer were one text, cut where citations begin
  const content = texts.length === 0 ? null : encodeTexts(encoding, texts, '')
  return refusals.length === 0 ? { content } : { content, refusal: refusals.join('') }
}
