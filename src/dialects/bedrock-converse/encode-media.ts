import type { JsonObject } from '../../core/json.ts'
import type { AudioPart, DocumentPart, ImagePart, MediaSource, Part, VideoPart } from '../../ir/part.ts'
import { properMediaType } from '../media-type.ts'
import { placeOf } from '../places.ts'
import { dropOnce, type Encoding } from './encoding.ts'

/** Media types by the names that Bedrock has for them. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
const IMAGES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

const DOCUMENTS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
}

const AUDIO: Readonly<Record<string, string>> = {
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/webm': 'webm',
}

const VIDEOS: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/mpeg': 'mpeg',
  'video/x-matroska': 'mkv',
  'video/x-flv': 'flv',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': 'three_gp',
}

export function encodeImage(part: ImagePart, encoding: Encoding): JsonObject {
  if (part.detail !== undefined && part.detail !== 'auto')
    dropOnce(encoding, placeOf(encoding.request, part, 'detail'), 'Bedrock has no such setting')
  return { image: mediaOf(part, part.source, IMAGES, encoding) }
}

export function encodeVideo(part: VideoPart, encoding: Encoding): JsonObject {
  return { video: mediaOf(part, part.source, VIDEOS, encoding) }
}

export function encodeAudio(part: AudioPart, encoding: Encoding): JsonObject {
  const { mediaType, data } = part
  return { audio: mediaOf(part, { type: 'base64', mediaType, data }, AUDIO, encoding) }
}

/**
 * A document must have a name, of few characters and for the model to see: the filename without its ending, and a number where the name is
 * taken. Earlier documents keep theirs as a conversation grows.
 */
export function encodeDocument(part: DocumentPart, encoding: Encoding): JsonObject {
  const { source, filename, context, citesSources } = part
  const media =
    source.type === 'text'
      ? { format: 'txt', source: { text: source.text } }
      : mediaOf(part, source, DOCUMENTS, encoding)
  return {
    document: {
      name: uniqueName(legalName(filename ?? ''), encoding),
      ...media,
      ...(context !== undefined && { context }),
      ...(citesSources === true && { citations: { enabled: true } }),
    },
  }
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html (`name`) */
const MAX_NAME_LENGTH = 200

function legalName(filename: string): string {
  const name = filename
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[^a-zA-Z0-9\s()[\]-]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
  return name === '' ? 'document' : name.slice(0, MAX_NAME_LENGTH)
}

function uniqueName(name: string, { documentNames }: Encoding): string {
  let unique = name
  for (let count = 2; documentNames.has(unique.toLowerCase()); count++) {
    const suffix = ` (${count})`
    unique = `${name.slice(0, MAX_NAME_LENGTH - suffix.length).trimEnd()}${suffix}`
  }
  documentNames.add(unique.toLowerCase())
  return unique
}

function mediaOf(
  part: Part,
  source: MediaSource,
  formats: Readonly<Record<string, string>>,
  { report, request }: Encoding,
): { format: string; source: JsonObject } {
  const format = formats[properMediaType(source.mediaType ?? '')]
  if (source.type === 'url' && source.url.startsWith('s3://') && format !== undefined)
    return { format, source: { s3Location: { uri: source.url } } }
  const refuse = (reason: string) => report.refuse(placeOf(request, part), reason)
  if (source.type === 'url') return refuse('Bedrock reads no URLs; send the content itself')
  if (source.type === 'file') return refuse('the file was uploaded to another provider')
  if (format === undefined) return refuse(`Bedrock takes ${Object.keys(formats).join(', ')}`)
  return { format, source: { bytes: source.data } }
}
