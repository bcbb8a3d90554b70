import type { ApiFamily, DialectId } from '../core/dialect-id.ts'
import type { ModelCapabilities } from '../ir/capabilities.ts'

/** Everything the gateway needs to know of a provider. Data only: a quirk is a field that holds for whoever sets it. */
export interface Provider {
  readonly id: string
  readonly title: string
  /** Scheme and host, and a path where every API of the provider hangs below one. */
  readonly origin: string
  /** Where each API family begins below the origin. The first one is what a bare `base_url` stands for. */
  readonly roots: Readonly<Partial<Record<ApiFamily, string>>>
  /** The dialects that its models speak themselves. Traffic in one of these passes through untouched. */
  readonly dialects: readonly DialectId[]
  /** How each family's credential travels, where it differs from the family's own way. */
  readonly auth?: Readonly<Partial<Record<ApiFamily, AuthHeader>>>
  /** Environment variables that may hold a credential, in order of preference. */
  readonly credentialVariables: readonly string[]
  /** Models whose names begin like this are served here when a routed key asks for a bare model name. */
  readonly modelPrefixes: readonly string[]
  /** Answers cheaply and spends no tokens. The path hangs below the family's root. */
  readonly healthCheck: { readonly family: ApiFamily; readonly path: string }
  /** Its name in the public price lists; undefined where nothing it answers has a price. */
  readonly priceListId?: string
  /** Understands `stream_options.include_usage`; where false, it is not asked for. */
  readonly reportsStreamUsage: boolean
  /** Where `/deployments/{model}/…` hangs, for a provider that still serves such paths. */
  readonly deploymentRoot?: string
  /** Headers that go with every request of a family unless the client sent its own. */
  readonly defaultHeaders?: Readonly<Partial<Record<ApiFamily, Readonly<Record<string, string>>>>>
  /** How its Chat Completions differ from OpenAI's. Concerns what we write ourselves; what passes through is the client's own affair. */
  readonly chatQuirks?: ChatQuirks
  /** What it takes or refuses whichever model is asked; beats what we know of the model. */
  readonly capabilities?: Partial<ModelCapabilities>
}

/** Differences of one server's Chat Completions from OpenAI's, in the spelling of OpenAI's request. */
export interface ChatQuirks {
  /** Fields of the body that it refuses or does not have. Left out and reported; refused where that would change what was asked for. */
  readonly omits?: readonly string[]
  /** The same for fields of every message. */
  readonly omitsInMessages?: readonly string[]
  /** Fields that it has under another name: OpenAI's to its own. */
  readonly renames?: Readonly<Record<string, string>>
}

export interface AuthHeader {
  readonly header: string
  readonly prefix: string
}

export const BEARER: AuthHeader = { header: 'authorization', prefix: 'Bearer ' }

/** How each family's own clients send their key. */
export const FAMILY_AUTH: Readonly<Record<ApiFamily, AuthHeader>> = {
  openai: BEARER,
  anthropic: { header: 'x-api-key', prefix: '' },
  gemini: { header: 'x-goog-api-key', prefix: '' },
}
