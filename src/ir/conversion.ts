import type { JsonObject } from '../core/json.ts'
import type { ModelCapabilities } from './capabilities.ts'
import type { ChatRequest } from './request.ts'
import type { Dropped } from './response.ts'

/** What an encoder must know of the model that will read its request. */
export interface EncodeTarget {
  /** The upstream's name for it. */
  readonly model: string
  readonly capabilities: ModelCapabilities
}

/** A request in an upstream's format, and what had to be left out or approximated on the way. */
export interface EncodedRequest {
  readonly body: JsonObject
  readonly dropped: readonly Dropped[]
  /** Headers that belong to the body, such as the API version that it is written for. */
  readonly headers: Readonly<Record<string, string>>
  /** Names that the upstream knows tools by, where they had to change: the upstream's to the client's. */
  readonly toolNames: ReadonlyMap<string, ToolName>
}

export interface ToolName {
  readonly name: string
  readonly namespace?: string
  /** The client's tool takes free text; upstream it is a function with one string, `input`. */
  readonly isWrappedCustom?: boolean
}

/** What the encoder of an answer must know of the request that it answers. */
export interface AnswerContext {
  readonly request: ChatRequest
  /** Minted by the gateway; answers carry ids made from it, so that they are the same in every event. */
  readonly requestId: string
  readonly nowSeconds: number
  /** Is told what the client's format cannot carry of the answer; the same thing may be told again. Undefined where nobody listens. */
  readonly report?: (lost: Dropped) => void
}
