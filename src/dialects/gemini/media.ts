import { Buffer } from 'node:buffer'
import type { JsonObject } from '../../core/json.ts'
import type { DocumentPart, ImagePart, MediaSource, Part } from '../../ir/part.ts'
import { properMediaType } from '../media-type.ts'
import { memberOf, type ProtoMessage, reject, textIn } from './proto-json.ts'

const RESOLUTIONS = {
  low: 'MEDIA_RESOLUTION_LOW',
  high: 'MEDIA_RESOLUTION_HIGH',
  original: 'MEDIA_RESOLUTION_ULTRA_HIGH',
} as const satisfies Record<Exclude<NonNullable<ImagePart['detail']>, 'auto'>, string>

/** Bytes in the request itself. @see https://ai.google.dev/api/caching#Blob */
export function decodeInlineData(blob: ProtoMessage, part: ProtoMessage): Part {
  const mediaType = properMediaType(textIn(blob, 'mimeType') ?? reject(`${blob.path}.mimeType`, 'is missing'))
  const data = textIn(blob, 'data') ?? reject(`${blob.path}.data`, 'is missing')
  if (mediaType.startsWith('audio/')) return { type: 'audio', mediaType, data }
  if (mediaType.startsWith('text/')) return textDocument(data, textIn(blob, 'displayName'))
  return mediaPart({ type: 'base64', mediaType, data }, mediaType, blob, part)
}

/** Bytes elsewhere: an upload at Google, or what Google fetches by itself. @see https://ai.google.dev/api/caching#FileData */
export function decodeFileData(file: ProtoMessage, part: ProtoMessage): Part {
  const url = textIn(file, 'fileUri') ?? reject(`${file.path}.fileUri`, 'is missing')
  const mediaType = textIn(file, 'mimeType')
  const type = mediaType === undefined ? {} : { mediaType }
  const source: MediaSource = isUpload(url)
    ? { type: 'file', dialect: 'gemini', id: url, ...type }
    : { type: 'url', url, ...type }
  return mediaPart(source, mediaType ?? (isYouTube(url) ? 'video/*' : ''), file, part)
}

function mediaPart(source: MediaSource, mediaType: string, blob: ProtoMessage, part: ProtoMessage): Part {
  if (mediaType.startsWith('image/')) return { type: 'image', source, ...detailOf(part) }
  // sound behind an address has no part of its own; as video it is refused wherever neither is understood
  if (mediaType.startsWith('video/') || mediaType.startsWith('audio/')) return { type: 'video', source }
  const filename = textIn(blob, 'displayName')
  return { type: 'document', source, ...(filename !== undefined && { filename }) }
}

function textDocument(data: string, filename: string | undefined): DocumentPart {
  const text = Buffer.from(data, 'base64').toString('utf8')
  return { type: 'document', source: { type: 'text', text }, ...(filename !== undefined && { filename }) }
}

function detailOf(part: ProtoMessage): Pick<ImagePart, 'detail'> {
  const level = memberOf(part, 'mediaResolution')?.value
  const name = typeof level === 'object' && level !== null && 'level' in level ? level.level : undefined
  for (const detail of ['low', 'high', 'original'] as const)
    if (RESOLUTIONS[detail] === name) return { detail }
  return {}
}

function isUpload(uri: string): boolean {
  return /^(gs:|files\/|https:\/\/generativelanguage\.googleapis\.com\/)/.test(uri)
}

export function isYouTube(url: string): boolean {
  return /^https:\/\/((www\.|m\.)?youtube\.com|youtu\.be)\//.test(url)
}

export function encodeInlineData(mediaType: string, data: string): JsonObject {
  return { inlineData: { mimeType: properMediaType(mediaType), data } }
}

export function encodeTextData(text: string): JsonObject {
  return encodeInlineData('text/plain', Buffer.from(text, 'utf8').toString('base64'))
}

export function encodeFileData(uri: string, mediaType: string | undefined): JsonObject {
  return { fileData: { fileUri: uri, ...(mediaType !== undefined && { mimeType: mediaType }) } }
}

/** How closely to look at a part. Older models take such a setting for the whole request only. */
export function encodeDetail(detail: ImagePart['detail']): JsonObject {
  if (detail === undefined || detail === 'auto') return {}
  return { mediaResolution: { level: RESOLUTIONS[detail] } }
}
