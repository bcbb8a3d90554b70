import { countTokens } from './tokens.ts'

export type DialectId = 'chat' | 'completions' | 'responses' | 'anthropic' | 'gemini'

/** One stretch of what the model reads. `breakpoint` marks the end of a prefix that the client wants cached. */
export interface PromptBlock {
  readonly text: string
  readonly tokens: number
  readonly breakpoint?: 'short' | 'long'
}

export interface ToolOffer {
  readonly name: string
  readonly schema: unknown
  /** A tool that takes free text instead of JSON. */
  readonly isFreeText?: boolean
  /** Responses only: the group that the tool was offered in. */
  readonly namespace?: string
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'named'; readonly name: string }

export type OutputFormat = { readonly type: 'json' } | { readonly type: 'schema'; readonly schema: unknown }

/** What a request asks for, whatever its dialect. */
export interface Ask {
  /** Everything the model reads, in the order in which a provider would cache it. */
  readonly blocks: readonly PromptBlock[]
  readonly lastUserText: string
  /** Results of the tool calls that the request ends with; empty where it ends otherwise. */
  readonly toolResults: readonly string[]
  readonly attachments: Attachments
  readonly tools: readonly ToolOffer[]
  readonly toolChoice: ToolChoice
  readonly isParallel: boolean
  readonly maxOutputTokens: number | undefined
  readonly stopSequences: readonly string[]
  readonly hasReasoning: boolean
  readonly format: OutputFormat | undefined
  readonly choiceCount: number
  /** Set where the prompt is to be cached without an explicit breakpoint. */
  readonly cacheKey?: string
  /** Tokens that the request says are cached already, by naming a resource. */
  readonly presetCacheTokens?: number
}

export interface Attachments {
  images: number
  files: number
  sounds: number
}

const ATTACHMENT_TOKENS = 256

/** Collects, message by message, what all dialects have in common. */
export class PromptReader {
  readonly blocks: PromptBlock[] = []
  readonly attachments: Attachments = { images: 0, files: 0, sounds: 0 }

  addText(text: string, breakpoint?: 'short' | 'long'): void {
    const block = { text, tokens: countTokens(text) }
    this.blocks.push(breakpoint ? { ...block, breakpoint } : block)
  }

  addAttachment(kind: keyof Attachments, source: unknown, breakpoint?: 'short' | 'long'): void {
    this.attachments[kind] += 1
    const text = typeof source === 'string' ? source : kind
    const block = { text, tokens: ATTACHMENT_TOKENS }
    this.blocks.push(breakpoint ? { ...block, breakpoint } : block)
  }
}
