import type { DialectId } from '../core/dialect-id.ts'
import type { JsonObject } from '../core/json.ts'
import type { Part, TextPart } from './part.ts'

/** A request as no API spells it: what the client asked for, whichever format it spoke. */
export interface ChatRequest {
  /** The dialect that it was decoded from. */
  readonly source: DialectId
  readonly model: string
  readonly isStreaming: boolean
  /** In order. System messages may stand anywhere; instructions that come before everything are the first of them. */
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /** May the model call several tools at once? Undefined leaves it to the provider. */
  readonly allowsParallelCalls?: boolean
  readonly maxOutputTokens?: number
  readonly stopSequences: readonly string[]
  readonly sampling: Sampling
  readonly reasoning?: ReasoningRequest
  readonly format?: OutputFormat
  readonly verbosity?: 'low' | 'medium' | 'high'
  readonly serviceTier?: 'auto' | 'default' | 'flex' | 'priority' | 'fast' | 'ultrafast'
  /** Free key-value pairs of the client's own. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Who the client's end user is, as an opaque id. */
  readonly endUserId?: string
  readonly caching?: {
    readonly key?: string
    readonly isAutomatic?: boolean
    readonly lifetime?: 'short' | 'long'
  }
  /** May the provider keep the answer for later reference? */
  readonly isStored?: boolean
  /** The client wants token counts in a stream; whole answers always carry them. */
  readonly wantsStreamUsage: boolean
  /** Everything that this structure has no place for. An encoder takes what it knows and accounts for the rest. */
  readonly extras: readonly Extra[]
}

export type Message =
  | {
      readonly role: 'system'
      readonly parts: readonly TextPart[]
      readonly authority?: 'system' | 'developer'
    }
  | { readonly role: 'user'; readonly parts: readonly Part[]; readonly name?: string }
  | { readonly role: 'assistant'; readonly parts: readonly Part[]; readonly name?: string }

export type Tool = FunctionTool | CustomTool | HostedTool

export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON Schema in the client's key order; undefined for a tool without parameters. */
  readonly parameters?: JsonObject
  readonly isStrict?: boolean
  readonly namespace?: string
  readonly isDeferred?: boolean
  readonly hasCacheBreakpoint?: 'short' | 'long'
}

/** A tool whose input is free text. */
export interface CustomTool {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string
  /** A grammar that the text must follow; `free-text-tool.ts` says what becomes of it where nobody can enforce it. */
  readonly grammar?: JsonObject
  readonly namespace?: string
}

/** A tool that the provider itself runs, such as a web search. */
export interface HostedTool {
  readonly type: 'hosted'
  readonly dialect: DialectId
  readonly kind: string
  readonly wire: JsonObject
}

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }
  | { readonly type: 'hosted'; readonly dialect: DialectId; readonly wire: unknown }

export interface Sampling {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly logitBias?: JsonObject
  /** How many alternatives per token to report; 0 reports the chosen token alone. */
  readonly logprobs?: number
  readonly choices?: number
}

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
export type Effort = (typeof EFFORTS)[number]

export interface ReasoningRequest {
  readonly effort?: Effort
  readonly budgetTokens?: number
  readonly mode?: 'adaptive' | 'budget' | 'disabled' | 'between-tools'
  /** What the client wants to see of it. Undefined leaves it to the provider. */
  readonly summary?: 'none' | 'auto' | 'concise' | 'detailed'
}

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name?: string
      readonly description?: string
      readonly schema: JsonObject
      readonly isStrict?: boolean
    }

/** A field of the client's dialect that the IR does not model. */
export interface Extra {
  readonly dialect: DialectId
  /** In the client's own spelling: `safetySettings`, `messages[2].cache_control`. */
  readonly path: string
  readonly value: unknown
  /**
   * A hint may be left out and reported; leaving out a contract would change what was asked for, so it is refused. A note was
   * understood and is kept only to answer in the same spelling.
   */
  readonly weight: 'hint' | 'contract' | 'note'
}
