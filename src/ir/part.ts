import type { DialectId, UpstreamDialectId } from '../core/dialect-id.ts'
import type { JsonObject } from '../core/json.ts'
import type { TokenLogprob } from './logprobs.ts'

/** What a message is made of, in the order in which it was said. */
export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | VideoPart
  | RefusalPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | HostedPart

export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly cache?: CacheBreakpoint
  readonly citations?: readonly Citation[]
  /** The origin's proof of reasoning that ended in this text (Gemini signs text too). */
  readonly carrier?: Carrier
  /** Of an answer's tokens, where they were asked for. */
  readonly logprobs?: readonly TokenLogprob[]
  /** Responses tells thinking aloud (`commentary`) from the final answer. */
  readonly phase?: string
}

export interface ImagePart {
  readonly type: 'image'
  readonly source: MediaSource
  readonly detail?: 'auto' | 'low' | 'high' | 'original'
  readonly cache?: CacheBreakpoint
}

export interface DocumentPart {
  readonly type: 'document'
  readonly source: MediaSource | { readonly type: 'text'; readonly text: string }
  readonly filename?: string
  /** Said about the document to the model, not shown (Anthropic). */
  readonly context?: string
  readonly citesSources?: boolean
  readonly cache?: CacheBreakpoint
}

export interface AudioPart {
  readonly type: 'audio'
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

export interface VideoPart {
  readonly type: 'video'
  readonly source: MediaSource
}

/** The model's own words on why it does not answer. */
export interface RefusalPart {
  readonly type: 'refusal'
  readonly text: string
  readonly logprobs?: readonly TokenLogprob[]
  readonly phase?: string
}

export interface ReasoningPart {
  readonly type: 'reasoning'
  /** What may be shown of it; empty where only the carrier exists. */
  readonly text: string
  /** Several summaries stand apart in Responses; `text` joins them. */
  readonly isSummary?: boolean
  readonly carrier?: Carrier
}

export interface ToolCallPart {
  readonly type: 'tool-call'
  /** Links the call to its result. Undefined only where an upstream gave none; see `call-id.ts`. */
  readonly callId: string
  readonly name: string
  /** JSON text of an object, byte for byte where the source was text; for `custom`, the free text. */
  readonly input: string
  readonly kind: 'function' | 'custom'
  /** Responses groups tools in namespaces. */
  readonly namespace?: string
  readonly carrier?: Carrier
  readonly cache?: CacheBreakpoint
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly callId: string
  /** The tool's name, where the wire repeats it (Gemini). */
  readonly name?: string
  readonly content: readonly (TextPart | ImagePart | DocumentPart)[]
  /** A result that was a JSON object on the wire and not text, kept as such for who can carry it. */
  readonly json?: JsonObject
  readonly isError: boolean
  readonly kind: 'function' | 'custom'
  readonly cache?: CacheBreakpoint
}

/** What an answer may show or play besides its words. */
export type MediaPart = ImagePart | DocumentPart | AudioPart | VideoPart

/** A provider's own tool at work: its call, its result. Only its own dialect understands it; others render it as text or report it. */
export interface HostedPart {
  readonly type: 'hosted'
  readonly dialect: UpstreamDialectId
  readonly wire: JsonObject
}

export type MediaSource =
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string }
  /** An upload at one provider's account: nobody else can read it. */
  | {
      readonly type: 'file'
      readonly dialect: DialectId
      readonly id: string
      readonly mediaType?: string
    }

/** Everything up to and including this part is worth caching. */
export interface CacheBreakpoint {
  /** Minutes for `short`, hours for `long`; undefined leaves it to the provider. */
  readonly lifetime?: 'short' | 'long'
}

export interface Citation {
  readonly type: 'url'
  readonly url: string
  readonly title?: string
  /** Offsets into the text of the whole answer, in UTF-16 code units; undefined where the whole part is meant. */
  readonly start?: number
  readonly end?: number
  /** Quoted from the source. */
  readonly text?: string
}

/**
 * Opaque bytes by which an origin recognises its own reasoning. They go back unchanged to the same origin, at the same place, and to
 * nobody else.
 */
export interface Carrier {
  readonly origin: UpstreamDialectId
  readonly kind: 'signature' | 'redacted' | 'encrypted' | 'thought-signature'
  readonly payload: string
  /** The origin's own id for the item, where it wants it back (Responses). */
  readonly itemId?: string
}
