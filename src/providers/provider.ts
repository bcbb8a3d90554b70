import type { DialectId, UpstreamDialectId, UpstreamFamily } from '../core/dialect-id.ts'
import type { ModelCapabilities } from '../ir/capabilities.ts'

/** Everything the gateway needs to know of a provider. Data only: a quirk is a field that holds for whoever sets it. */
export interface Provider {
  readonly id: string
  readonly title: string
  /** Scheme and host, and a path where every API of the provider hangs below one. */
  readonly origin: string
  /** Where each API family begins below the origin. The first one is what a bare `base_url` stands for. */
  readonly roots: Readonly<Partial<Record<UpstreamFamily, string>>>
  /** The dialects that its models speak themselves. Traffic in one of these passes through untouched. */
  readonly dialects: readonly UpstreamDialectId[]
  /** Models that speak others than the provider's usual ones: the first pattern that fits the upstream's model name decides. */
  readonly dialectsByModel?: readonly {
    readonly model: RegExp
    readonly dialects: readonly UpstreamDialectId[]
  }[]
  /** Where conversations are asked for, where that is not where the dialect's own API has them. */
  readonly conversationPaths?: Readonly<Partial<Record<UpstreamDialectId, ConversationPaths>>>
  /** How a body differs from the dialect's own API, such as Claude's on another cloud. */
  readonly envelopes?: Readonly<Partial<Record<UpstreamDialectId, Envelope>>>
  /** How streams are framed, where that is not as server-sent events. */
  readonly streamFraming?: 'aws-event-stream'
  /** The cloud whose credentials its accounts have, keys of its own aside. Its origin and roots may hold `{region}`, `{project}`, `{location}`. */
  readonly cloud?: 'aws' | 'google' | 'azure'
  /** Its origin where a place has one particular value: `{ location: { global: … } }`. */
  readonly originsByPlace?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** How each family's credential travels, where it differs from the family's own way. */
  readonly auth?: Readonly<Partial<Record<UpstreamFamily, AuthHeader>>>
  /** Environment variables that may hold a credential, in order of preference. */
  readonly credentialVariables: readonly string[]
  /** Models whose names begin like this are served here when a routed key asks for a bare model name. */
  readonly modelPrefixes: readonly string[]
  /** Answers cheaply and spends no tokens. The path hangs below the family's root. Undefined where nothing does: traffic tells its health. */
  readonly healthCheck?: { readonly family: UpstreamFamily; readonly path: string }
  /** Its name in the public price lists; undefined where nothing it answers has a price. */
  readonly priceListId?: string
  /** Formats in which it counts the tokens of a request; a request in any other is converted into one of them to be counted. */
  readonly countsTokens?: readonly DialectId[]
  /** Understands `stream_options.include_usage`; where false, it is not asked for. */
  readonly reportsStreamUsage: boolean
  /** Headers in which clients name accounts of their own there; nobody else is told. */
  readonly accountHeaders?: readonly string[]
  /** Where `/deployments/{model}/…` hangs, for a provider that still serves such paths. */
  readonly deploymentRoot?: string
  /** Headers that go with every request of a family unless the client sent its own. */
  readonly defaultHeaders?: Readonly<Partial<Record<UpstreamFamily, Readonly<Record<string, string>>>>>
  /** How its Chat Completions differ from OpenAI's. Concerns what we write ourselves; what passes through is the client's own affair. */
  readonly chatQuirks?: ChatQuirks
  /** What it takes or refuses whichever model is asked; beats what we know of the model. */
  readonly capabilities?: Partial<ModelCapabilities>
}

/** Paths below the family's root; `{model}` is the upstream's model name, percent-encoded. */
export interface ConversationPaths {
  readonly whole: string
  readonly stream: string
}

/** A body of a dialect as one provider wants it; everything else in it stays as it is. */
export interface Envelope {
  /** Members that it does not take, usually because the URL says them. */
  readonly removes: readonly string[]
  /** Members that it wants in addition, unless the client has set them. */
  readonly adds: Readonly<Record<string, string>>
  /** Headers whose comma-separated values it wants in the body: header to member. */
  readonly listsFromHeaders?: Readonly<Record<string, string>>
  /** Headers that mean nothing to it, since the body says the same. */
  readonly omitsHeaders?: readonly string[]
  /** In whose words the platform itself refuses, before the model has seen anything. */
  readonly errors: UpstreamDialectId
}

/** Differences of one server's Chat Completions from OpenAI's, in the spelling of OpenAI's request. */
export interface ChatQuirks {
  /** Fields of the body that it refuses or does not have. Left out and reported; refused where that would change what was asked for. */
  readonly omits?: readonly string[]
  /** The same for fields of every message. */
  readonly omitsInMessages?: readonly string[]
  /** Fields that it wants in every earlier answer, and what stands there for an answer of another model. */
  readonly answersNeed?: Readonly<Record<string, string>>
  /** Fields that it has under another name: OpenAI's to its own. */
  readonly renames?: Readonly<Record<string, string>>
}

export interface AuthHeader {
  readonly header: string
  readonly prefix: string
}

export const BEARER: AuthHeader = { header: 'authorization', prefix: 'Bearer ' }

/** How each family's own clients send their key. */
export const FAMILY_AUTH: Readonly<Record<UpstreamFamily, AuthHeader>> = {
  openai: BEARER,
  anthropic: { header: 'x-api-key', prefix: '' },
  gemini: { header: 'x-goog-api-key', prefix: '' },
  bedrock: BEARER,
}
