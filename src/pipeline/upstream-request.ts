import type { ApiFamily, UpstreamFamily } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { UpstreamDialect } from '../dialects/dialect.ts'
import { DIALECTS, ERROR_DIALECT } from '../dialects/index.ts'
import type { Dropped } from '../ir/response.ts'
import { endpointPath, rawPath } from '../providers/address.ts'
import { hasOnlyConversations } from '../providers/conversations-only.ts'
import { PROVIDERS } from '../providers/index.ts'
import type { Envelope, Provider } from '../providers/provider.ts'
import { type Account, keyHeader } from '../routing/account.ts'
import type { Target } from '../routing/plan.ts'
import type { UpstreamRequest } from '../upstream/connections.ts'
import { setFormModel } from '../wire/form-edit.ts'
import { forwardableRequestHeaders, type Headers } from '../wire/headers.ts'
import { askForStreamUsage, setModel } from '../wire/json-edit.ts'
import type { BodyConversion } from './body-conversion.ts'
import type { ClientCall } from './client-call.ts'
import { conversationPath } from './conversation-path.ts'
import type { Conversion, Reshape } from './conversion.ts'
import { CONVERSATION_PATH, type Endpoint, geminiPath, geminiResource, modelSegment } from './endpoint.ts'
import { putInEnvelope } from './envelope.ts'
import type { ReadCall } from './read-call.ts'
import { removeForeignProofs } from './remove-foreign-proofs.ts'

export interface BuiltRequest {
  readonly upstream: UpstreamRequest
  /** We asked for a usage event that the client did not ask for. */
  readonly hidesUsage: boolean
  /** Reads the upstream's answer; for endpoints that are no conversation it is the family's, which knows usage and errors at least. */
  readonly dialect: UpstreamDialect
  /** How the answer becomes the client's; undefined where both speak the same format. */
  readonly conversion: Conversion | BodyConversion | undefined
  /** For answers that pass and come in another mode than was asked for. */
  readonly reshape?: Reshape | undefined
  readonly dropped: readonly Dropped[]
}

/**
 * The client's request as it goes to a target that speaks its format: bytes as they came but for a renamed model, and for what this
 * gateway put into earlier answers that came from another format.
 */
export function buildUpstreamRequest(
  call: ClientCall,
  read: ReadCall,
  { account, model }: Target,
): BuiltRequest {
  const { origin } = account.address
  const path = upstreamPath(call, read, account, model)
  const asksUsage = needsUsageAsked(call, read, account)
  const { body: proven, dropped } = withOwnProofs(call, read, account)
  const named = withModel(proven, call, read, { provider: account.provider, model })
  const body = named !== undefined && asksUsage ? askForStreamUsage(named) : named
  const headers = upstreamHeaders(call, familyOf(call.endpoint, read), account)
  return {
    upstream: putInEnvelope(
      { origin, path, method: call.method, headers, body },
      envelopeOf(call, read, account),
    ),
    hidesUsage: asksUsage,
    dialect: read.dialect === undefined ? ERROR_DIALECT[call.endpoint.family] : DIALECTS[read.dialect],
    conversion: undefined,
    dropped,
  }
}

/** A conversation that another format's model took part in: its upstreams are not shown what proves that one's reasoning. */
function withOwnProofs(
  { body, key, endpoint }: ClientCall,
  { dialect = endpoint.countsTokensOf }: ReadCall,
  { provider }: Account,
): { readonly body: Buffer | undefined; readonly dropped: readonly Dropped[] } {
  const history = dialect === undefined || key.passthrough ? undefined : DIALECTS[dialect].history
  return body === undefined || history === undefined
    ? { body, dropped: [] }
    : removeForeignProofs(
        body,
        history,
        dialect === 'openai-chat' ? provider.chatQuirks?.answersNeed : undefined,
      )
}

/** The body names the model in most formats; in Gemini's and in classic Azure paths the URL does. */
function withModel(
  body: Buffer | undefined,
  { endpoint, headers }: ClientCall,
  { json, facts }: ReadCall,
  { provider, model }: { readonly provider: Provider; readonly model: string | undefined },
): Buffer | undefined {
  if (body === undefined || model === undefined) return body
  if (endpoint.deployment !== undefined && provider.deploymentRoot !== undefined) return body
  const type = headers['content-type'] ?? ''
  if (json === undefined && type.startsWith('multipart/form-data') && facts.model !== model)
    return setFormModel(body, type, model)
  if (json === undefined || json.model === model) return body
  return 'model' in json || endpoint.deployment !== undefined ? setModel(body, model) : body
}

/** What goes to a provider's own path is the client's own affair. */
function envelopeOf(
  { endpoint }: ClientCall,
  { dialect }: ReadCall,
  { provider }: Account,
): Envelope | undefined {
  return dialect === undefined || endpoint.providerId !== undefined
    ? undefined
    : provider.envelopes?.[dialect]
}

function needsUsageAsked({ key }: ClientCall, { dialect, facts }: ReadCall, { provider }: Account): boolean {
  if (dialect !== 'openai-chat' && dialect !== 'openai-completions') return false
  return facts.isStreaming && !facts.asksForUsage && provider.reportsStreamUsage && !key.passthrough
}

function upstreamPath(call: ClientCall, read: ReadCall, account: Account, model: string | undefined): string {
  const { endpoint, query } = call
  if (endpoint.providerId !== undefined) return rawPath(account.address, endpoint.path) + query
  const { deploymentRoot } = account.provider
  if (endpoint.deployment !== undefined && deploymentRoot !== undefined) {
    return `${account.address.prefix}${deploymentRoot}/deployments/${modelSegment(model ?? endpoint.deployment)}${endpoint.path}${query}`
  }
  const family = familyOf(endpoint, read)
  const { dialect } = read
  const own =
    dialect === undefined || model === undefined ? undefined : account.provider.conversationPaths?.[dialect]
  // the query says things of the dialect's own API
  if (dialect !== undefined && model !== undefined && own !== undefined)
    return conversationPath(account, dialect, model, read.facts.isStreaming) ?? ''
  const path = hasOnlyConversations(account.provider, family)
    ? undefined
    : endpointPath(account.address, family, familyPath(endpoint, read, model))
  if (path === undefined) {
    const message = `${account.provider.title} has no endpoint of this kind (${endpoint.path}).`
    throw new GatewayError('not_found', message)
  }
  // a version of Azure's API means nothing elsewhere
  if (query === '' || endpoint.deployment !== undefined) return path
  return path.includes('?') ? `${path}&${query.slice(1)}` : path + query
}

/** On a generic path the dialect decides; otherwise the client's own path does, with the model replaced where it stands in it. */
function familyPath(endpoint: Endpoint, { dialect, facts }: ReadCall, model: string | undefined): string {
  if (dialect !== undefined && dialect !== endpoint.dialect) {
    return dialect === 'gemini' ? geminiPath(model ?? '', facts.isStreaming) : CONVERSATION_PATH[dialect]
  }
  const isNamedByPath = endpoint.family === 'gemini' && endpoint.model !== undefined
  if (!isNamedByPath || model === undefined || endpoint.model === model) return endpoint.path
  return `/${geminiResource(model)}${endpoint.path.slice(endpoint.path.lastIndexOf(':'))}`
}

/** The client's headers as far as they concern this family, with the account's credential in place of the client's. */
export function upstreamHeaders(call: ClientCall, family: UpstreamFamily, account: Account): Headers {
  return {
    ...account.provider.defaultHeaders?.[family],
    ...withoutAccounts(forwardableRequestHeaders(call.headers, family), account.provider),
    'accept-encoding': 'identity',
    ...account.headers,
    ...keyHeader(account, family),
  }
}

const ACCOUNT_HEADERS = [...PROVIDERS.values()].flatMap(({ accountHeaders = [] }) => accountHeaders)

/** Providers that speak another's API are not told who somebody is there. */
function withoutAccounts(headers: Headers, { accountHeaders = [] }: Provider): Headers {
  for (const name of ACCOUNT_HEADERS) if (!accountHeaders.includes(name)) delete headers[name]
  return headers
}

function familyOf(endpoint: Endpoint, { dialect }: ReadCall): ApiFamily {
  return dialect === undefined ? endpoint.family : DIALECTS[dialect].family
}
