import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Carrier, ReasoningPart } from '../../ir/part.ts'
import { approximateOnce, type Encoding, pathOf } from './target.ts'

/**
 * The fields in which Chat servers show reasoning, none of them OpenAI's: `reasoning_content` (DeepSeek, vLLM), `reasoning` and
 * `reasoning_details` (OpenRouter). The carrier remembers which, so that the same kind of server gets back what it sent.
 */
const TEXT_FIELDS = ['reasoning_content', 'reasoning'] as const

/** The reasoning of one message or delta: its text, and the details as they came. */
export interface SeenReasoning {
  readonly text: string
  readonly field: (typeof TEXT_FIELDS)[number] | undefined
  readonly details: readonly JsonObject[]
}

export function readReasoning(wire: JsonObject): SeenReasoning {
  const { reasoning_details: list } = wire
  const details = Array.isArray(list) ? list.filter(isJsonObject) : []
  const field = TEXT_FIELDS.find((name) => typeof wire[name] === 'string' && wire[name] !== '')
  if (field !== undefined) return { text: wire[field] as string, field, details }
  return { text: details.map(textOfDetail).join(''), field: undefined, details }
}

/** By what the server will know the reasoning again. */
export function carrierFor(field: SeenReasoning['field'], details: readonly JsonObject[]): Carrier {
  const payload = details.length > 0 ? JSON.stringify(mergeDetails(details)) : (field ?? 'reasoning_content')
  return { origin: 'openai-chat', kind: 'signature', payload }
}

/**
 * The fields that hold the reasoning of an earlier answer of the same kind of server. What came from elsewhere stays behind, and
 * OpenAI itself, which never shows any, is never sent any.
 */
export function restoreReasoning(encoding: Encoding, parts: readonly ReasoningPart[]): JsonObject {
  const own = encoding.isOpenAi ? [] : parts.filter(isOwn)
  if (own.length < parts.length)
    approximateOnce(encoding, pathOf(encoding, 'messages'), 'reasoning of another origin is left out')
  const texts: Record<string, string> = {}
  const details: unknown[] = []
  for (const { text, carrier } of own) {
    const field = TEXT_FIELDS.find((name) => name === carrier.payload)
    if (field === undefined) details.push(...parseDetails(carrier.payload))
    else texts[field] = (texts[field] ?? '') + text
  }
  return details.length > 0 ? { ...texts, reasoning_details: details } : texts
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
