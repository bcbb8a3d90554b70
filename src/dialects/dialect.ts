import type { ApiFamily, DialectId, UpstreamDialectId, UpstreamFamily } from '../core/dialect-id.ts'
import type { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { AnswerContext, EncodedRequest, EncodeTarget } from '../ir/conversion.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { ChatResponse } from '../ir/response.ts'
import type { StreamEvent } from '../ir/stream-event.ts'
import type { Usage } from '../ir/usage.ts'
import type { SseEvent } from '../wire/sse-event.ts'

/** One API format as far as upstreams speak it. */
export interface UpstreamDialect {
  readonly id: UpstreamDialectId
  readonly family: UpstreamFamily
  /** Undefined for a format that only clients speak. */
  readonly upstream?: UpstreamConverter
  /** Undefined for a format that counts no tokens. */
  readonly counter?: TokenCounter
  readAnswer(body: unknown): AnswerFacts
}

/** One API format that clients speak too: what the gateway must understand of it to let its traffic pass, whole answers and streams. */
export interface Dialect extends UpstreamDialect {
  readonly id: DialectId
  readonly family: ApiFamily
  readonly client: Converter
  /** Checks what the gateway itself reads of a request. Throws `invalid_request` with the path of the field at fault. */
  readRequest(body: JsonObject): RequestFacts
  createStreamReader(options: { readonly keepsAnswer: boolean }): StreamReader
  /** Undefined where clients have no place for proofs of reasoning. */
  readonly history?: History
  encodeError(error: GatewayError, requestId: string): EncodedError
  /** The dialect's in-band error: the last bytes of a stream that has already begun. */
  encodeStreamError(error: GatewayError, requestId: string, facts: AnswerFacts): string
}

/**
 * The way of a format into the internal representation and out of it. All of it is synchronous and pure: the same request makes the
 * same bytes, since providers cache by prefix. Tolerant of what upstreams send, strict about what we emit.
 */
export interface Converter {
  /** A client speaks this dialect to us. Throws `invalid_request` with the path of the field at fault. */
  decodeRequest(body: JsonObject, context: DecodeContext): ChatRequest
  encodeResponse(response: ChatResponse, context: AnswerContext): JsonObject
  /** Emits the events that each of ours amounts to; after `finish` or `error`, the dialect's end. */
  createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[]
}

/** What only a dialect that upstreams speak can do. */
export interface UpstreamConverter {
  /** Throws `unsupported_parameter`, with the path in the client's spelling, for what the target cannot do and may not ignore. */
  encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest
  decodeResponse(body: unknown): ChatResponse
  createStreamDecoder(): (event: SseEvent) => StreamEvent[]
  /** The last event, where upstreams are known to leave it out; a decoder that has seen a whole answer finishes with it. */
  readonly impliedEnd?: SseEvent
}

/**
 * How a conversation that another format's model took part in goes on with one of this format, without being converted: what we wrapped
 * for the client to keep is nothing that this format's upstreams would take.
 */
export interface History {
  /** Where a request has its conversation. */
  readonly member: 'messages' | 'input' | 'contents'
  /** An entry of it without the proofs of others: the same object where it has none, undefined where nothing else is left. */
  readonly withoutForeignProofs: (entry: JsonObject) => JsonObject | undefined
}

/** How a format asks for the length of a conversation, without having it answered. */
export interface TokenCounter {
  /** Where the answer has the number; reports name it. */
  readonly resultPath: string
  /** A client asks us. Throws `invalid_request` as the conversation itself would. */
  decodeRequest(body: JsonObject, context: DecodeContext): ChatRequest
  encodeAnswer(count: TokenCount): JsonObject
  /** We ask an upstream. Throws `unsupported_parameter` as the conversation itself would. */
  encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest
  /** Throws `upstream_malformed` where no count is given. */
  decodeAnswer(answer: unknown): TokenCount
}

/** How many tokens a prompt has, whichever API counted them. */
export interface TokenCount {
  readonly inputTokens: number
  /** How many of them stand in a cache already, where the API says so. */
  readonly cacheReadTokens?: number
}

/** What a request says outside its body. */
export interface DecodeContext {
  /** The model and whether to stream, where the URL says so (Gemini). */
  readonly model?: string
  readonly isStreaming?: boolean
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface RequestFacts {
  /** Undefined only where the API allows it, or names the model in the URL. */
  readonly model: string | undefined
  readonly isStreaming: boolean
  /** The client wants usage in its stream, so that an extra usage event must not be hidden from it. */
  readonly asksForUsage: boolean
}

export interface AnswerFacts {
  readonly model?: string
  readonly usage?: Usage
  /** In the upstream's own spelling. */
  readonly finishReason?: string
  readonly error?: GatewayError
  /** Chat and Completions only: whether each choice that has begun has finished, by its index. */
  readonly choices?: Map<number, boolean>
  /** Responses only: the response object as the stream last showed it, and where its numbering stands. */
  readonly open?: { readonly response: JsonObject; readonly sequenceNumber: number }
}

export type MutableFacts = { -readonly [Key in keyof AnswerFacts]: AnswerFacts[Key] }

/**
 * What one event of a stream means to whoever forwards it.
 * - `preamble`: nothing that a person could see yet; headers may still be held back
 * - `content`: the answer has begun
 * - `usage`: carries token counts and nothing else
 * - `end`: the dialect's terminal event
 * - `error`: the upstream's in-band error; `facts.error` has it
 * - `nothing`: comments and the like
 */
export type EventMeaning = 'preamble' | 'content' | 'usage' | 'end' | 'error' | 'nothing'

export interface StreamReader {
  /** Reads one event, blank line included. Throws `upstream_malformed` where it is not what the dialect allows. */
  read(block: Buffer): EventMeaning
  readonly facts: AnswerFacts
  /** True once the stream may end: a clean end before that is a cut. */
  readonly isComplete: boolean
  /** The events so far as the whole answer they amount to. Undefined unless `keepsAnswer` was asked for. */
  answer(): unknown
}

export interface EncodedError {
  readonly status: number
  readonly body: JsonObject
}
