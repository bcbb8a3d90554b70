import type { DialectId } from '../../../src/core/dialect-id.ts'
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts'
import type { Json } from '../../support/client.ts'
import type { Seen } from './seen.ts'

export const UPSTREAM_IDS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type UpstreamId = (typeof UPSTREAM_IDS)[number]

/** What a client says to ask for a feature: members that are merged into the smallest request of its format. */
export type Asking = JsonObject | ((target: UpstreamId) => JsonObject)

export interface RequestFeature {
  readonly id: string
  readonly title: string
  /** Of `cases/`. */
  readonly cases: readonly string[]
  /** What is reported of the smallest request of a format counts here; elsewhere it says nothing about the feature. */
  readonly isOrdinary?: true
  /** A model that takes sampling parameters, where that matters. */
  readonly model?: 'sampling'
  /** By the client's format; absent where it has no way to say it. */
  readonly asks: Partial<Readonly<Record<DialectId, Asking>>>
  /** By the upstream's format: whether its body says it. Absent where it has no way to. */
  readonly arrives: Partial<Readonly<Record<UpstreamId, (body: Json) => boolean>>>
}

export interface AnswerFeature {
  readonly id: string
  readonly title: string
  readonly cases: readonly string[]
  /** What the request said, where the answer depends on it. */
  readonly asks?: Partial<Readonly<Record<DialectId, JsonObject>>>
  /** Clients that can have it at all; all where absent. */
  readonly clients?: readonly DialectId[]
  /** By the upstream's format; absent where it cannot answer so. */
  readonly answers: Partial<Readonly<Record<UpstreamId, Answering>>>
  readonly arrives: (seen: Seen) => boolean
}

/** What an upstream answers, given the request it got. */
export type Answering = (request: JsonObject) => UpstreamAnswer

export interface UpstreamAnswer {
  readonly whole: JsonObject
  readonly events: readonly { readonly event?: string; readonly data: string }[]
}

/** The smallest sound request of each format, with a limit so that no default has to be chosen. */
const SMALLEST: Readonly<Record<DialectId, JsonObject>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 5000 },
  'openai-completions': { model: 'm', prompt: 'Hi', max_tokens: 5000 },
  'openai-responses': { model: 'm', input: 'Hi', max_output_tokens: 5000 },
  'anthropic-messages': { model: 'm', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5000 },
  gemini: {
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    generationConfig: { maxOutputTokens: 5000 },
  },
}

/** The smallest request of a client, with more members; objects are merged, everything else is replaced. */
export function requestOf(client: DialectId, more: JsonObject, isStreaming: boolean): JsonObject {
  const stream = isStreaming && client !== 'gemini' ? { stream: true } : {}
  return merge(merge(SMALLEST[client], more), stream)
}

function merge(one: JsonObject, other: JsonObject): JsonObject {
  const merged = { ...one }
  for (const [key, value] of Object.entries(other)) {
    const before = one[key]
    merged[key] = isJsonObject(before) && isJsonObject(value) ? merge(before, value) : value
  }
  return merged
}

/** Whether the body has this text anywhere: for words that occur nowhere else. */
export function holds(text: string): (body: Json) => boolean {
  return (body) => JSON.stringify(body).includes(text)
}

/** Whether the body has this value at a path of member names and indexes. */
export function at(path: string, value: unknown): (body: Json) => boolean {
  return (body) => {
    const found = path.split('.').reduce((place: Json, name) => place?.[name], body)
    return JSON.stringify(found) === JSON.stringify(value)
  }
}

/** The same test for every upstream. */
export function everywhere(test: (body: Json) => boolean): RequestFeature['arrives'] {
  return Object.fromEntries(UPSTREAM_IDS.map((id) => [id, test]))
}
