import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CacheBreakpoint, Citation, MediaSource, Part, TextPart } from '../../ir/part.ts'
import { isBase64, properMediaType } from '../media-type.ts'
import { invalidField, present, readObject, readText } from '../openai-parameters.ts'
import type { MemberNames } from '../places.ts'
import type { Notes } from './notes.ts'
import { thinkingText } from './upstream-reasoning.ts'

const TEXT_TYPES: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text'])
const DETAILS = ['auto', 'low', 'high', 'original'] as const
const MEMBER_NAMES: Readonly<Partial<Record<Part['type'], MemberNames>>> = {
  image: { detail: 'image_url.detail' },
  document: { filename: 'file.filename' },
}
const AUDIO_TYPES: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mp3' }

/**
 * A message's `content` as parts: one for a text, one for each entry of a list. What we know no part for is noted as a contract, since a
 * message without it says something else.
 */
export function decodeContent(content: unknown, path: string, notes: Notes): Part[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return [notes.places.note({ type: 'text', text: content }, path)]
  if (!Array.isArray(content)) throw invalidField(path, 'must be a text or a list of parts')
  return content.flatMap((entry: unknown, index) => decodeEntry(entry, `${path}[${index}]`, notes))
}

/** What an assistant said, and thought where its server puts that among the content, as Mistral does. */
export function decodeSaidContent(content: unknown, path: string, notes: Notes): Part[] {
  if (!Array.isArray(content)) return decodeContent(content, path, notes)
  return content.flatMap((entry: unknown, index) => {
    const at = `${path}[${index}]`
    const thought = isJsonObject(entry) ? thinkingText(entry) : ''
    if (thought !== '') return notes.places.note({ type: 'reasoning', text: thought } as const, at)
    return decodeEntry(entry, at, notes)
  })
}

function decodeEntry(entry: unknown, path: string, notes: Notes): Part | [] {
  if (!isJsonObject(entry)) throw invalidField(path, 'must be an object')
  const part = decodePart(entry, path)
  if (part === undefined) {
    notes.contract(path, entry)
    return []
  }
  if (part.type === 'image' && part.detail === undefined) noteUnknownDetail(entry, path, notes)
  if ('cache' in part && part.cache !== undefined)
    notes.places.note(part.cache, `${path}.${breakpointName(entry)}`)
  return notes.places.note(part, path, MEMBER_NAMES[part.type])
}

function noteUnknownDetail({ image_url: image }: JsonObject, path: string, notes: Notes): void {
  if (!isJsonObject(image) || image.detail === undefined || image.detail === null) return
  notes.hint(`${path}.image_url.detail`, image.detail)
}

/** The same where only text may stand: system messages and tool results. */
export function decodeTexts(content: unknown, path: string, notes: Notes): TextPart[] {
  const parts = decodeContent(content, path, notes)
  return parts.filter((part) => {
    if (part.type === 'text') return true
    // PRT-12: nobody takes a picture there
    notes.contract(notes.places.pathOf(part) ?? path, part.type)
    return false
  }) as TextPart[]
}

/** `annotations` of an answer. A span of nothing, from servers that know no place, means the whole text. */
export function decodeAnnotations(annotations: unknown): Citation[] {
  if (!Array.isArray(annotations)) return []
  return annotations.flatMap((annotation: unknown) => {
    if (!isJsonObject(annotation) || !isJsonObject(annotation.url_citation)) return []
    const { url, title, start_index, end_index } = annotation.url_citation
    if (typeof url !== 'string') return []
    const cited = { type: 'url' as const, url, ...(typeof title === 'string' && { title }) }
    if (typeof start_index === 'number' && typeof end_index === 'number' && end_index <= start_index)
      return cited
    return {
      ...cited,
      ...(typeof start_index === 'number' && { start: start_index }),
      ...(typeof end_index === 'number' && { end: end_index }),
    }
  })
}

/** The breakpoint of a part or a tool: OpenAI's own, or Anthropic's as some clients send it to Chat servers. */
export function decodeBreakpoint(wire: JsonObject): CacheBreakpoint | undefined {
  const { prompt_cache_breakpoint: own, cache_control: foreign } = wire
  const mark = isJsonObject(own) ? own : foreign
  if (!isJsonObject(mark)) return undefined
  if (mark.ttl === '12h' || mark.ttl === '1h') return { lifetime: 'long' }
  return mark.ttl === '30m' || mark.ttl === '5m' ? { lifetime: 'short' } : {}
}

/** Which of the two it is; undefined where there is none. */
export function breakpointName(wire: JsonObject): string | undefined {
  if (isJsonObject(wire.prompt_cache_breakpoint)) return 'prompt_cache_breakpoint'
  return isJsonObject(wire.cache_control) ? 'cache_control' : undefined
}

/** `data:image/png;base64,…`; undefined where the text is no such URL. */
export function decodeDataUrl(url: string): MediaSource | undefined {
  const comma = url.indexOf(',')
  const match = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w-]+=[^;,]*)*;base64$/i.exec(
    url.slice(0, Math.max(0, comma)),
  )
  const mediaType = match?.[1]
  const data = url.slice(comma + 1)
  if (mediaType === undefined || !isBase64(data)) return undefined
  return { type: 'base64', mediaType: properMediaType(mediaType), data }
}

function decodePart(wire: JsonObject, path: string): Part | undefined {
  const cache = present('cache', decodeBreakpoint(wire))
  if (TEXT_TYPES.has(wire.type)) return { type: 'text', text: requireText(wire, 'text', path), ...cache }
  switch (wire.type) {
    case 'refusal':
      return { type: 'refusal', text: requireText(wire, 'refusal', path) }
    case 'image_url':
      return { ...decodeImage(wire, path), ...cache }
    case 'input_audio':
      return decodeAudio(wire, path)
    case 'file':
      return { ...decodeFile(wire, path), ...cache }
    default:
      return undefined
  }
}

function requireText(wire: JsonObject, key: string, path: string): string {
  const text = readText(wire, key, `${path}.${key}`)
  if (text === undefined) throw invalidField(`${path}.${key}`, 'must be a text')
  return text
}

function requireObject(wire: JsonObject, key: string, path: string): JsonObject {
  const object = readObject(wire, key, `${path}.${key}`)
  if (object === undefined) throw invalidField(`${path}.${key}`, 'must be an object')
  return object
}

function decodeImage(wire: JsonObject, path: string): Part {
  // some clients send the URL itself
  const image =
    typeof wire.image_url === 'string' ? { url: wire.image_url } : requireObject(wire, 'image_url', path)
  const url = requireText(image, 'url', `${path}.image_url`)
  const detail = DETAILS.find((known) => known === (image as JsonObject).detail)
  return { type: 'image', source: decodeImageUrl(url, `${path}.image_url.url`), ...present('detail', detail) }
}

function decodeImageUrl(url: string, path: string): MediaSource {
  if (/^https?:\/\//i.test(url)) return { type: 'url', url }
  const source = decodeDataUrl(url)
  if (source === undefined) throw invalidField(path, 'must be an https URL or a data URL in base64')
  return source
}

function decodeAudio(wire: JsonObject, path: string): Part {
  const audio = requireObject(wire, 'input_audio', path)
  const mediaType = AUDIO_TYPES[requireText(audio, 'format', `${path}.input_audio`)]
  if (mediaType === undefined) throw invalidField(`${path}.input_audio.format`, 'must be wav or mp3')
  return { type: 'audio', mediaType, data: requireText(audio, 'data', `${path}.input_audio`) }
}

function decodeFile(wire: JsonObject, path: string): Part {
  const file = requireObject(wire, 'file', path)
  const filename = present('filename', readText(file, 'filename', `${path}.file.filename`))
  const id = readText(file, 'file_id', `${path}.file.file_id`)
  if (id !== undefined)
    return { type: 'document', source: { type: 'file', dialect: 'openai-chat', id }, ...filename }
  const data = requireText(file, 'file_data', `${path}.file`)
  // OpenAI documents bare base64 as well as a data URL
  const bare = isBase64(data) ? { type: 'base64' as const, mediaType: 'application/pdf', data } : undefined
  const source = decodeDataUrl(data) ?? bare
  if (source === undefined) throw invalidField(`${path}.file.file_data`, 'must be a data URL in base64')
  return { type: 'document', source, ...filename }
}
