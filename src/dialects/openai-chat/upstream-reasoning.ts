import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Carrier, ReasoningPart } from '../../ir/part.ts'
import { type Encoding, leaveReasoningOut } from './target.ts'

/**
 * The fields in which Chat servers show reasoning, none of them OpenAI's: `reasoning_content` (DeepSeek, vLLM), `reasoning` and
 * `reasoning_details` (OpenRouter). The carrier remembers which, so that the same kind of server gets back what it sent.
 */
const TEXT_FIELDS = ['reasoning_content', 'reasoning'] as const
/** Mistral's place for it: among the content, which is a list then. @see https://docs.mistral.ai/capabilities/reasoning/ */
const IN_CONTENT = 'content.thinking'

/** The reasoning of one message or delta: its text, and the details as they came. */
export interface SeenReasoning {
  readonly text: string
  readonly field: (typeof TEXT_FIELDS)[number] | typeof IN_CONTENT | undefined
  readonly details: readonly JsonObject[]
}

export function readReasoning(wire: JsonObject): SeenReasoning {
  const { reasoning_details: list } = wire
  const details = Array.isArray(list) ? list.filter(isJsonObject) : []
  const field = TEXT_FIELDS.find((name) => typeof wire[name] === 'string' && wire[name] !== '')
  if (field !== undefined) return { text: wire[field] as string, field, details }
  const thought = thinkingIn(wire.content)
  if (thought !== '') return { text: thought, field: IN_CONTENT, details }
  return { text: details.map(textOfDetail).join(''), field: undefined, details }
}

/** The thinking among a list of content. */
function thinkingIn(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content.filter(isJsonObject).map(thinkingText).join('')
}

/** What a chunk of content holds as thinking; empty for any other chunk. */
export function thinkingText({ type, thinking }: JsonObject): string {
  if (type !== 'thinking') return ''
  if (typeof thinking === 'string') return thinking
  return Array.isArray(thinking)
    ? thinking
        .filter(isJsonObject)
        .map(({ text }) => textOf(text))
        .join('')
    : ''
}

/** By what the server will know the reasoning again. */
export function carrierFor(field: SeenReasoning['field'], details: readonly JsonObject[]): Carrier {
  const payload = details.length > 0 ? JSON.stringify(mergeDetails(details)) : (field ?? 'reasoning_content')
  return { origin: 'openai-chat', kind: 'signature', payload }
}

/** Reasoning as the server wrote it: fields of the message, and chunks at the beginning of its content. */
export interface RestoredReasoning {
  readonly fields: JsonObject
  readonly chunks: readonly JsonObject[]
}

/**
 * The reasoning of an earlier answer of the same kind of server. What came from elsewhere stays behind, and
 * OpenAI itself, which never shows any, is never sent any.
 */
export function restoreReasoning(encoding: Encoding, parts: readonly ReasoningPart[]): RestoredReasoning {
  const { thinkingInContent } = encoding.target.capabilities
  const isReadable = (part: ReasoningPart) =>
    isOwn(part) && (thinkingInContent === true || part.carrier.payload !== IN_CONTENT)
  const own = encoding.isOpenAi ? [] : parts.filter(isOwn).filter(isReadable)
  const foreign = parts.find((part) => !own.some((each) => each === part))
  if (foreign !== undefined) leaveReasoningOut(encoding, foreign)
  const texts: Record<string, string> = {}
  const details: unknown[] = []
  const chunks: JsonObject[] = []
  for (const { text, carrier } of own) {
    if (carrier.payload === IN_CONTENT) {
      if (text !== '') chunks.push({ type: 'thinking', thinking: [{ type: 'text', text }] })
      continue
    }
    const field = TEXT_FIELDS.find((name) => name === carrier.payload)
    if (field === undefined) details.push(...parseDetails(carrier.payload))
    else texts[field] = (texts[field] ?? '') + text
  }
  return { fields: details.length > 0 ? { ...texts, reasoning_details: details } : texts, chunks }
}

function isOwn(part: ReasoningPart): part is ReasoningPart & { readonly carrier: Carrier } {
  // an empty payload marks reasoning that some other origin showed without proof
  return part.carrier?.origin === 'openai-chat' && part.carrier.payload !== ''
}

function parseDetails(payload: string): readonly unknown[] {
  try {
    const details: unknown = JSON.parse(payload)
    return Array.isArray(details) ? details : []
  } catch {
    return []
  }
}

function textOfDetail(detail: JsonObject): string {
  const text = detail.type === 'reasoning.summary' ? detail.summary : detail.text
  return typeof text === 'string' ? text : ''
}

/** A stream sends an entry in fragments of one index and type. */
function mergeDetails(details: readonly JsonObject[]): JsonObject[] {
  const merged: Record<string, unknown>[] = []
  for (const detail of details) {
    const last = merged.at(-1)
    const isFragment =
      last !== undefined &&
      typeof detail.index === 'number' &&
      last.index === detail.index &&
      last.type === detail.type
    if (isFragment) growDetail(last, detail)
    else merged.push({ ...detail })
  }
  return merged
}

function growDetail(whole: Record<string, unknown>, fragment: JsonObject): void {
  for (const [key, value] of Object.entries(fragment)) {
    const before = whole[key]
    const grows = key === 'text' || key === 'summary' || key === 'data'
    if (grows && typeof before === 'string' && typeof value === 'string') whole[key] = before + value
    else if (value !== null && value !== undefined) whole[key] = value
  }
}
