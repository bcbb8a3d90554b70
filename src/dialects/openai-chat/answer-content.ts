import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { ImagePart } from '../../ir/part.ts'
import type { Dropped } from '../../ir/response.ts'
import { decodeDataUrl } from './decode-content.ts'

// What an upstream's answer holds besides its reasoning and calls: the same in a message and in a delta.

/** The words: of `content`, which some servers send as a list of chunks, or those of a spoken answer. */
export function wordsOf({ content, audio }: JsonObject): string {
  const text = Array.isArray(content) ? content.map(wordsOfChunk).join('') : textOf(content)
  return text === '' && isJsonObject(audio) ? textOf(audio.transcript) : text
}

function wordsOfChunk(chunk: unknown): string {
  return isJsonObject(chunk) ? textOf(chunk.text) : textOf(chunk)
}

/** Not OpenAI's: how servers of image models put pictures beside the text. */
export function imagesOf({ images }: JsonObject): ImagePart[] {
  if (!Array.isArray(images)) return []
  return images.flatMap((image: unknown) => {
    const wire = isJsonObject(image) && isJsonObject(image.image_url) ? textOf(image.image_url.url) : ''
    const source = /^https?:\/\//.test(wire) ? ({ type: 'url', url: wire } as const) : decodeDataUrl(wire)
    return source === undefined ? [] : { type: 'image' as const, source }
  })
}

/** What has no place in our answers. */
export function lostOf({ content, audio }: JsonObject): readonly Dropped[] {
  const hasReferences = Array.isArray(content) && content.some(isReference)
  const isSpoken = isJsonObject(audio) && textOf(audio.data) !== ''
  return hasReferences || isSpoken
    ? [...(hasReferences ? [REFERENCES] : []), ...(isSpoken ? [SOUND] : [])]
    : NONE
}

function isReference(chunk: unknown): boolean {
  return isJsonObject(chunk) && chunk.type === 'reference'
}

const NONE: readonly Dropped[] = []

/** Mistral's numbers of documents that its own tools found. */
const REFERENCES: Dropped = {
  path: 'choices[].message.content',
  action: 'dropped',
  reason: "references to documents of the provider's tools cannot be followed elsewhere",
}

const SOUND: Dropped = {
  path: 'choices[].message.audio',
  action: 'dropped',
  reason: 'of a spoken answer only the words are carried over',
}

export const CITATIONS_OF_NOTHING: Dropped = {
  path: 'choices[].message.annotations',
  action: 'dropped',
  reason: 'there is no text that they could belong to',
}

/** Tokens outside of the text, such as those of a call. */
export const LOST_LOGPROBS: Dropped = {
  path: 'choices[].logprobs',
  action: 'dropped',
  reason: 'log probabilities are carried over for text only',
}
