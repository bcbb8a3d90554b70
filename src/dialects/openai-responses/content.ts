import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, textOf } from '../../core/json.ts'
import type {
  AudioPart,
  CacheBreakpoint,
  DocumentPart,
  ImagePart,
  MediaSource,
  TextPart,
} from '../../ir/part.ts'
import type { MemberNames, Places } from '../places.ts'
import { isDataUrl, parseDataUrl } from './data-url.ts'
import {
  optionalChoice,
  optionalObject,
  optionalObjects,
  optionalText,
  refuseField,
  requireText,
} from './fields.ts'
import { given } from './given.ts'

const MEMBER_NAMES: MemberNames = { detail: 'detail', filename: 'filename' }

export type InputPart = TextPart | ImagePart | DocumentPart | AudioPart

/**
 * What a user, a system or a tool says: a plain text, or a list of parts. Throws `invalid_request` with the path of the part at fault.
 * @see https://platform.openai.com/docs/api-reference/responses/create (`input`)
 */
export function decodeInputContent(
  owner: JsonObject,
  key: string,
  path: string,
  places: Places,
): InputPart[] {
  const content = owner[key]
  if (typeof content === 'string')
    return content === '' ? [] : [places.note({ type: 'text', text: content }, path)]
  if (content === undefined || content === null) return refuseField(path, 'is missing')
  return optionalObjects(owner, key, path).map((wire, index) => {
    const at = `${path}[${index}]`
    const part = decodeInputPart(wire, at)
    if ('cache' in part && part.cache !== undefined) places.note(part.cache, `${at}.prompt_cache_breakpoint`)
    return places.note(part, at, MEMBER_NAMES)
  })
}

function decodeInputPart(part: JsonObject, path: string): InputPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return {
        type: 'text',
        text: requireText(part, 'text', `${path}.text`),
        ...given({ cache: decodeBreakpoint(part) }),
      }
    case 'refusal':
      return { type: 'text', text: requireText(part, 'refusal', `${path}.refusal`) }
    case 'input_image':
      return decodeImage(part, path)
    case 'input_file':
      return decodeFile(part, path)
    case 'input_audio':
      return decodeAudio(part, path)
    default:
      return refuseField(`${path}.type`, `is not a kind of content that we know: ${textOf(part.type)}`)
  }
}

const DETAILS = ['auto', 'low', 'high', 'original'] as const

function decodeImage(part: JsonObject, path: string): ImagePart {
  const url = optionalText(part, 'image_url', `${path}.image_url`)
  const source = url === undefined ? decodeFileId(part, path) : decodeUrl(url, `${path}.image_url`)
  if (source === undefined) return refuseField(`${path}.image_url`, 'is missing')
  const detail = optionalChoice(part, 'detail', DETAILS, `${path}.detail`)
  return { type: 'image', source, ...given({ detail, cache: decodeBreakpoint(part) }) }
}

function decodeUrl(url: string, path: string): MediaSource {
  if (/^https?:/i.test(url)) return { type: 'url', url }
  const parsed = parseDataUrl(url)
  return parsed === undefined
    ? refuseField(path, 'is neither an https URL nor a base64 data URL with a media type')
    : { type: 'base64', ...parsed }
}

function decodeFileId(part: JsonObject, path: string): MediaSource | undefined {
  const id = optionalText(part, 'file_id', `${path}.file_id`)
  return id === undefined ? undefined : { type: 'file', dialect: 'openai-responses', id }
}

function decodeFile(part: JsonObject, path: string): DocumentPart {
  const data = optionalText(part, 'file_data', `${path}.file_data`)
  const url = optionalText(part, 'file_url', `${path}.file_url`)
  const source =
    data === undefined
      ? url === undefined
        ? decodeFileId(part, path)
        : ({ type: 'url', url } as const)
      : decodeFileData(data, `${path}.file_data`)
  if (source === undefined) return refuseField(`${path}.file_data`, 'is missing')
  const filename = optionalText(part, 'filename', `${path}.filename`)
  return { type: 'document', source, ...given({ filename, cache: decodeBreakpoint(part) }) }
}

function decodeFileData(data: string, path: string): DocumentPart['source'] {
  if (!isDataUrl(data)) return { type: 'base64', mediaType: 'application/pdf', data }
  const parsed = parseDataUrl(data)
  if (parsed === undefined) return refuseField(path, 'is not a base64 data URL with a media type')
  if (parsed.mediaType !== 'text/plain') return { type: 'base64', ...parsed }
  return { type: 'text', text: Buffer.from(parsed.data, 'base64').toString('utf8') }
}

const AUDIO_TYPES = { mp3: 'audio/mp3', wav: 'audio/wav' } as const

function decodeAudio(part: JsonObject, path: string): AudioPart {
  const audio = optionalObject(part, 'input_audio', `${path}.input_audio`) ?? {}
  const format = optionalChoice(audio, 'format', ['mp3', 'wav'], `${path}.input_audio.format`) ?? 'wav'
  const data = requireText(audio, 'data', `${path}.input_audio.data`)
  return { type: 'audio', mediaType: AUDIO_TYPES[format], data }
}

/** OpenAI's explicit cache breakpoint of a part. @see https://platform.openai.com/docs/guides/prompt-caching */
function decodeBreakpoint(part: JsonObject): CacheBreakpoint | undefined {
  const breakpoint = part.prompt_cache_breakpoint
  if (!isJsonObject(breakpoint)) return undefined
  return given({ lifetime: decodeLifetime(breakpoint.ttl) })
}

/** `30m` and `12h` are all that OpenAI knows. */
export function decodeLifetime(ttl: unknown): 'short' | 'long' | undefined {
  if (ttl === '30m') return 'short'
  return ttl === '12h' ? 'long' : undefined
}
