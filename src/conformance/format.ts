import type { ApiFamily, DialectId } from '../core/dialect-id.ts'
import type { JsonObject } from '../core/json.ts'
import type { ReadEvent } from './stream-grammars/findings.ts'

/** Formats as the command line names them. */
export const FORMAT_NAMES = ['chat', 'completions', 'responses', 'messages', 'gemini'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** What a model is asked, in words that all formats share. */
export interface Question {
  readonly prompt: string
  readonly delivery: 'whole' | 'streamed'
  readonly system?: string
  /** A PNG in base64 beside the prompt. */
  readonly image?: string
  readonly tools?: readonly Tool[]
  /** Whether it has to call one; `auto` by default. */
  readonly choice?: 'forced'
  /** JSON Schema of the answer. */
  readonly schema?: JsonObject
  /** The answer to the prompt, sent back with the results of its calls. */
  readonly previous?: { readonly reply: Reply; readonly result: string }
  /** Further members of the body, in the format's own words. */
  readonly more?: JsonObject
}

export interface Tool {
  readonly name: string
  readonly description: string
  readonly schema: JsonObject
}

export interface Call {
  readonly id: string | undefined
  readonly name: string
  /** JSON text, or the parsed value in formats that send one. */
  readonly input: unknown
  /** What else is wrong with it. */
  readonly problem?: string | undefined
}

export interface Counts {
  /** All that was read, from a cache or not. */
  readonly input: number
  readonly output: number
}

/** An answer, whole or put together from its stream. */
export interface Reply {
  readonly id: unknown
  readonly text: string
  readonly calls: readonly Call[]
  /** In the format's own words; `incomplete: max_output_tokens` where status and reason stand apart. */
  readonly finish: unknown
  /** As it came; undefined where it is missing. */
  readonly usage: JsonObject | undefined
  /** What a client sends back as the model's turn. */
  readonly turn: unknown
}

/** How a format ends, each with the words that it may use for it. */
export interface Endings {
  readonly stop: readonly unknown[]
  readonly stopSequence: readonly unknown[]
  readonly length: readonly unknown[]
  readonly calls: readonly unknown[]
}

/** How clients of one format ask, and how they read what comes. Readers take anything, and never throw. */
export interface Format {
  readonly id: DialectId
  readonly name: FormatName
  readonly family: ApiFamily
  readonly path: (model: string, delivery: Question['delivery']) => string
  readonly body: (model: string, question: Question) => JsonObject
  /** The field without which a request asks nothing. */
  readonly required: string
  /** Bodies' members that limit an answer to 16 tokens, of which one has to do. */
  readonly limits: readonly JsonObject[]
  /** Members that end the answer before this word; undefined where the format has none. */
  readonly stopAt?: (word: string) => JsonObject
  readonly endings: Endings
  readonly read: (body: JsonObject) => Reply
  readonly fold: (events: readonly ReadEvent[]) => Reply
  /** What is missing or wrong in a whole answer, usage apart. */
  readonly shapeProblems: (body: JsonObject) => (string | undefined)[]
  /** The same for the events of a stream, whose order is the grammar's business. */
  readonly eventProblems: (events: readonly JsonObject[]) => (string | undefined)[]
  readonly usageProblems: (usage: JsonObject) => (string | undefined)[]
  readonly counts: (usage: JsonObject) => Counts
}
