import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Carrier, DocumentPart, ImagePart, MediaSource, Part, TextPart } from '../../ir/part.ts'
import { unwrapCarrier } from '../carrier.ts'
import type { MemberNames } from '../places.ts'
import { decodeCache, withCache } from './cache-control.ts'
import { decodeCitations } from './citations.ts'
import type { ExtraList } from './extra-list.ts'
import { ID } from './id.ts'
import { flagAt, invalid, objectAt, optional, textAt } from './wire-fields.ts'

/** Where a block stands, and where to leave what the IR has no place for. */
export interface Place {
  readonly path: string
  readonly extras: ExtraList
}

type Attachment = TextPart | ImagePart | DocumentPart
const MEMBER_NAMES: Readonly<Partial<Record<Part['type'], MemberNames>>> = {
  text: { citations: 'citations' },
  document: { filename: 'title', context: 'context', citesSources: 'citations' },
  'tool-call': { input: 'input' },
  'tool-result': { isError: 'is_error' },
}

type ReadBlock = (block: JsonObject, place: Place) => Part[]

/** A message's `content`: text, or a list of blocks. Throws `invalid_request` with the path of what is neither. */
export function decodeContent(content: unknown, place: Place): Part[] {
  return blocksAt(content, place.path).flatMap((block, index) => {
    const inner = blockPlace(content, place, index)
    const parts = (READERS.get(textAt(block.type, `${inner.path}.type`)) ?? readHosted)(block, inner)
    for (const part of parts) notePart(part, inner)
    return parts
  })
}

/** A content that is a text counts as one block, which stands where the content does. */
function blockPlace(content: unknown, { path, extras }: Place, index: number): Place {
  return { path: typeof content === 'string' ? path : `${path}[${index}]`, extras }
}

function notePart(part: Part, { path, extras }: Place): void {
  extras.places.note(part, path, MEMBER_NAMES[part.type])
  if ('cache' in part && part.cache !== undefined) extras.places.note(part.cache, `${path}.cache_control`)
}

/** `system`, or the content of a system message: text blocks alone count as its text. */
export function decodeSystemContent(content: unknown, place: Place): TextPart[] {
  return blocksAt(content, place.path).flatMap((block, index) => {
    const inner = blockPlace(content, place, index)
    if (block.type !== 'text') {
      // such as `tool_addition`: it changes what the model may do from here on
      place.extras.contract(inner.path, block)
      return []
    }
    const parts = readText(block, inner)
    for (const part of parts) notePart(part, inner)
    return parts
  })
}

function blocksAt(content: unknown, path: string): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(path, 'must be text or a list of blocks')
  return content.map((block, index) => objectAt(block, `${path}[${index}]`))
}

function readText(block: JsonObject, { path, extras }: Place): TextPart[] {
  const text = textAt(block.text, `${path}.text`)
  const { citations, others } = decodeCitations(block.citations)
  if (others > 0) extras.hint(`${path}.citations`, block.citations)
  return [{ type: 'text', text, ...withCache(block), ...(citations.length > 0 && { citations }) }]
}

function readImage(block: JsonObject, { path, extras }: Place): ImagePart[] {
  if (isJsonObject(block.transformations)) extras.hint(`${path}.transformations`, block.transformations)
  return [{ type: 'image', source: readSource(block.source, `${path}.source`), ...withCache(block) }]
}

function readSource(value: unknown, path: string): MediaSource {
  const source = objectAt(value, path)
  switch (source.type) {
    case 'base64': {
      const mediaType = textAt(source.media_type, `${path}.media_type`)
      return { type: 'base64', mediaType, data: textAt(source.data, `${path}.data`) }
    }
    case 'url':
      return { type: 'url', url: textAt(source.url, `${path}.url`) }
    case 'file':
      return { type: 'file', dialect: ID, id: textAt(source.file_id, `${path}.file_id`) }
    default:
      throw invalid(`${path}.type`, 'names no kind of source')
  }
}

function readDocument(block: JsonObject, place: Place): Attachment[] {
  const source = objectAt(block.source, `${place.path}.source`)
  if (source.type === 'content') return readContentDocument(block, source, place)
  return [
    { type: 'document', source: readDocumentSource(source, place.path), ...aboutDocument(block, place) },
  ]
}

function readDocumentSource(source: JsonObject, path: string): DocumentPart['source'] {
  if (source.type === 'text') return { type: 'text', text: textAt(source.data, `${path}.source.data`) }
  const media = readSource(source, `${path}.source`)
  return media.type === 'url' ? { ...media, mediaType: 'application/pdf' } : media
}

function aboutDocument(block: JsonObject, { path }: Place) {
  const filename = optional(block, 'title', textAt, `${path}.title`)
  const context = optional(block, 'context', textAt, `${path}.context`)
  return {
    ...(filename !== undefined && { filename }),
    ...(context !== undefined && { context }),
    ...(citesSources(block) && { citesSources: true }),
    ...withCache(block),
  }
}

function citesSources(block: JsonObject): boolean {
  return isJsonObject(block.citations) && block.citations.enabled === true
}

/** A document made of blocks, flattened: its texts, and its images between them. The breakpoint stays at the end. */
function readContentDocument(block: JsonObject, source: JsonObject, place: Place): Attachment[] {
  const path = `${place.path}.source.content`
  place.extras.hint(`${place.path}.source.type`, 'content')
  const inner = decodeContent(source.content, { ...place, path }).filter(isAttachment)
  const { cache, ...about } = aboutDocument(block, place)
  const { places } = place.extras
  return inner.map((part, index): Attachment => {
    const isMarked = cache !== undefined && index === inner.length - 1
    if (part.type !== 'text') return isMarked ? places.keep({ ...part, cache }, part) : part
    const source = { type: 'text', text: part.text } as const
    return places.keep({ type: 'document', source, ...about, ...(isMarked && { cache }) }, part)
  })
}

/** Only this format knows search results as such; elsewhere one is a document made of text. */
function readSearchResult(block: JsonObject, place: Place): DocumentPart[] {
  const { path, extras } = place
  extras.hint(`${path}.type`, 'search_result')
  const parts = decodeContent(block.content, { ...place, path: `${path}.content` })
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  const about = aboutDocument(block, place)
  const context = textAt(block.source, `${path}.source`)
  return [{ type: 'document', source: { type: 'text', text }, ...about, context }]
}

function readThinking(block: JsonObject, { path }: Place): Part[] {
  const text = textAt(block.thinking ?? '', `${path}.thinking`)
  const signature = textAt(block.signature ?? '', `${path}.signature`)
  const carrier = signature === '' ? undefined : usable(unwrapCarrier(signature, ID, 'signature'))
  return [{ type: 'reasoning', text, ...(carrier !== undefined && { carrier }) }]
}

/** A carrier of nothing was put there by us because the slot must not be empty. */
function usable(carrier: Carrier): Carrier | undefined {
  return carrier.payload === '' ? undefined : carrier
}

function readRedactedThinking(block: JsonObject, { path }: Place): Part[] {
  const carrier = unwrapCarrier(textAt(block.data, `${path}.data`), ID, 'redacted')
  return [{ type: 'reasoning', text: '', carrier }]
}

function readToolUse(block: JsonObject, { path, extras }: Place): Part[] {
  const callId = textAt(block.id, `${path}.id`)
  const name = textAt(block.name, `${path}.name`)
  const input = JSON.stringify(objectAt(block.input ?? {}, `${path}.input`))
  if (isJsonObject(block.caller) && block.caller.type !== 'direct')
    extras.contract(`${path}.caller`, block.caller)
  if (typeof block.toolset_name === 'string') extras.hint(`${path}.toolset_name`, block.toolset_name)
  return [{ type: 'tool-call', callId, name, input, kind: 'function', ...withCache(block) }]
}

function readToolResult(block: JsonObject, place: Place): Part[] {
  const { path, extras } = place
  const callId = textAt(block.tool_use_id, `${path}.tool_use_id`)
  const isError = optional(block, 'is_error', flagAt, `${path}.is_error`) ?? false
  if (typeof block.toolset_name === 'string') extras.hint(`${path}.toolset_name`, block.toolset_name)
  const content = readResultContent(block.content, { ...place, path: `${path}.content` })
  return [{ type: 'tool-result', callId, content, isError, kind: 'function', ...withCache(block) }]
}

function readResultContent(content: unknown, place: Place): Attachment[] {
  if (content === undefined || content === null || content === '') return []
  const { places } = place.extras
  return decodeContent(content, place).map((part) => {
    if (isAttachment(part)) return part
    const path = places.pathOf(part) ?? place.path
    if (part.type !== 'hosted') throw invalid(path, 'may not stand in a tool result')
    // `tool_reference`, `browser_state`: as text, any model can read them
    place.extras.hint(`${path}.type`, part.wire.type)
    const { cache_control: _control, ...wire } = part.wire
    const cache = decodeCache(part.wire)
    if (cache !== undefined) places.note(cache, `${path}.cache_control`)
    return places.note(
      { type: 'text', text: JSON.stringify(wire), ...(cache !== undefined && { cache }) },
      path,
    )
  })
}

/** A file of one account, put into a container of the same: nobody else has either. */
function readContainerUpload(block: JsonObject, { path, extras }: Place): Part[] {
  extras.contract(path, block)
  return []
}

/** Blocks of Anthropic's own tools, and whatever it may add later. */
function readHosted(block: JsonObject): Part[] {
  return [{ type: 'hosted', dialect: ID, wire: block }]
}

function isAttachment(part: Part): part is Attachment {
  return part.type === 'text' || part.type === 'image' || part.type === 'document'
}

const READERS: ReadonlyMap<string, ReadBlock> = new Map<string, ReadBlock>([
  ['text', readText],
  ['image', readImage],
  ['document', readDocument],
  ['search_result', readSearchResult],
  ['thinking', readThinking],
  ['redacted_thinking', readRedactedThinking],
  ['tool_use', readToolUse],
  ['tool_result', readToolResult],
  ['container_upload', readContainerUpload],
])
