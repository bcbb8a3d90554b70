import type { JsonObject } from '../../core/json.ts'
import type { DocumentPart, ImagePart, MediaSource, Part, TextPart } from '../../ir/part.ts'
import { placeOf } from '../places.ts'
import { writeDataUrl } from './data-url.ts'
import { approximateOnce, dropOnce, type Encoding, encodeBreakpoint } from './encode-context.ts'
import { given } from './given.ts'

/** What a user or a tool says, as parts of a list. Refuses what this API has no part for. */
export function encodeInputPart(encoding: Encoding, part: Part): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [encodeText(encoding, part)]
    case 'image':
      return [encodeImage(encoding, part)]
    case 'document':
      return encodeDocument(encoding, part)
    case 'refusal':
      return [{ type: 'input_text', text: part.text }]
    case 'audio':
    case 'video':
      return encoding.report.refuse(
        placeOf(encoding.request, part),
        `openai-responses takes no ${part.type} as input`,
      )
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
    case 'hosted':
      return []
    default:
      return part satisfies never
  }
}

export function encodeText(encoding: Encoding, { text, cache }: TextPart): JsonObject {
  return { type: 'input_text', text, ...encodeBreakpoint(encoding, cache) }
}

function encodeImage(encoding: Encoding, part: ImagePart): JsonObject {
  const { request } = encoding
  if (part.detail !== undefined && request.source === 'gemini') {
    const reason = 'a media resolution became the detail of an image'
    approximateOnce(encoding, placeOf(request, part, 'detail'), reason)
  }
  return {
    type: 'input_image',
    detail: part.detail ?? 'auto',
    ...encodeImageSource(encoding, part),
    ...encodeBreakpoint(encoding, part.cache),
  }
}

function encodeImageSource(encoding: Encoding, part: ImagePart): JsonObject {
  const { source } = part
  switch (source.type) {
    case 'base64':
      return { image_url: writeDataUrl(source.mediaType, source.data) }
    case 'url':
      return { image_url: source.url }
    case 'file':
      return { file_id: ownFile(encoding, source, part) }
    default:
      return source satisfies never
  }
}

/** Uploads belong to one provider's account; OpenAI's are the same in both of its formats. */
function ownFile(
  { request, report }: Encoding,
  { dialect, id }: Extract<MediaSource, { type: 'file' }>,
  part: Part,
): string {
  if (dialect === 'openai-responses' || dialect === 'openai-chat') return id
  return report.refuse(placeOf(request, part), `the file ${id} was uploaded to another provider`)
}

/** A document, and before it what was said about it. */
function encodeDocument(encoding: Encoding, part: DocumentPart): JsonObject[] {
  const { request } = encoding
  if (part.citesSources) {
    const path = placeOf(request, part, 'citesSources')
    dropOnce(encoding, path, 'openai-responses does not cite documents of the request')
  }
  const file: JsonObject = {
    type: 'input_file',
    ...given({ filename: part.filename ?? filenameOf(part.source) }),
    ...encodeFileSource(encoding, part),
    ...encodeBreakpoint(encoding, part.cache),
  }
  if (part.context === undefined) return [file]
  const reason = 'what is said about a document became a text before it'
  approximateOnce(encoding, placeOf(request, part, 'context'), reason)
  return [{ type: 'input_text', text: part.context }, file]
}

/** Data without a name is refused upstream; what is fetched has one already. */
function filenameOf(source: DocumentPart['source']): string | undefined {
  if (source.type === 'text') return 'document.txt'
  if (source.type !== 'base64') return undefined
  return source.mediaType === 'application/pdf' ? 'document.pdf' : 'document'
}

function encodeFileSource(encoding: Encoding, part: DocumentPart): JsonObject {
  const { source } = part
  switch (source.type) {
    case 'base64':
      return { file_data: writeDataUrl(source.mediaType, source.data) }
    case 'text':
      return { file_data: writeDataUrl('text/plain', Buffer.from(source.text, 'utf8').toString('base64')) }
    case 'url':
      return { file_url: source.url }
    case 'file':
      return { file_id: ownFile(encoding, source, part) }
    default:
      return source satisfies never
  }
}
