import type { ApiFamily, UpstreamDialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { CapabilityOverrides } from '../ir/capabilities.ts'
import { hasOnlyConversations } from '../providers/conversations-only.ts'
import type { Account } from './account.ts'
import { matches, matchesAny } from './model-pattern.ts'

/** Where a request goes, and under which name the model is known there. */
export interface Target {
  readonly account: Account
  readonly model: string | undefined
  /** What this model speaks there. */
  readonly dialects: readonly UpstreamDialectId[]
  /** The route that led here, if one did. */
  readonly route?: ModelRoute
}

type Candidate = Pick<Target, 'account' | 'model' | 'route'>

export interface ModelRoute {
  /** Exact, `prefix*` or `*`. */
  readonly sourceModel: string
  /** Undefined keeps the name that the client used. */
  readonly targetModel: string | undefined
  /** Undefined leaves the provider to the target model's name. */
  readonly targetProvider: string | undefined
  /** Higher ones are tried first. */
  readonly priority: number
  readonly isEnabled: boolean
  /** For people. */
  readonly name?: string
  /** What cannot be converted exactly is refused. */
  readonly isStrict?: boolean
  /** What the models behind it accept; beats what an account says. */
  readonly capabilities?: CapabilityOverrides
}

export interface RouteTable {
  readonly routes: readonly ModelRoute[]
  /** What becomes of a model that no route names. */
  readonly defaultBehavior: 'passthrough' | 'reject'
}

export interface PlanRequest {
  /** Undefined for endpoints that name no model, such as files. */
  readonly model: string | undefined
  readonly family: ApiFamily
  /** Set where the path itself names the provider. */
  readonly providerId: string | undefined
  /** The account that the key is bound to; a routed key has none. */
  readonly pinned: Account | undefined
  /** Routes of the key's own, tried before those of everybody. */
  readonly keyRoutes?: RouteTable | undefined
}

/**
 * The targets of a request, best first. A pinned key goes where it is bound; otherwise the first of these that fits decides:
 * routes, a `provider/model` prefix, the models that each provider is known for. Throws `model_not_found` where nothing fits.
 */
export function planTargets(request: PlanRequest, accounts: readonly Account[], table: RouteTable): Target[] {
  if (request.pinned !== undefined) return [planPinned(request, request.pinned)]
  const usable = accounts.filter((account) => account.isActive)
  const targets = planRouted(request, usable, table)
  const allowed = targets.filter(({ account, model }) => isAllowed(account, model))
  if (allowed.length > 0) return allowed.map(toTarget)
  throw notServed(request, usable)
}

function toTarget(candidate: Candidate): Target {
  return { ...candidate, dialects: dialectsOf(candidate.account, candidate.model) }
}

/** What an account's model speaks itself. */
export function dialectsOf(account: Account, model: string | undefined): readonly UpstreamDialectId[] {
  const { dialectsByModel } = account.provider
  if (dialectsByModel === undefined || model === undefined) return account.dialects
  const special = dialectsByModel.find((entry) => entry.model.test(model))?.dialects
  if (special === undefined || account.dialects === account.provider.dialects)
    return special ?? account.dialects
  // an account that was narrowed stays narrow
  const shared = special.filter((dialect) => account.dialects.includes(dialect))
  return shared.length > 0 ? shared : account.dialects
}

function planPinned(request: PlanRequest, account: Account): Target {
  if (!account.isActive)
    throw new GatewayError('permission_denied', 'The upstream account of this key is disabled.')
  if (request.providerId !== undefined && request.providerId !== account.provider.id) {
    const message = `This key is bound to ${account.provider.id}, not to ${request.providerId}.`
    throw new GatewayError('permission_denied', message)
  }
  if (!isAllowed(account, request.model)) throw notServed(request, [account])
  return toTarget({ account, model: request.model })
}

function planRouted(request: PlanRequest, accounts: readonly Account[], table: RouteTable): Candidate[] {
  const { model, providerId } = request
  if (providerId !== undefined) return targetsAt(accounts, providerId, model)
  if (model === undefined)
    return accounts
      .filter(
        ({ address, provider }) =>
          request.family in address.roots && !hasOnlyConversations(provider, request.family),
      )
      .map((account) => ({ account, model }))
  for (const { routes, defaultBehavior } of [request.keyRoutes, table].filter(
    (known) => known !== undefined,
  )) {
    const route = bestRoute(routes, model)
    if (route !== undefined) return planRoute(route, model, accounts)
    if (defaultBehavior === 'reject') return []
  }
  return planByName(model, accounts)
}

function planRoute(route: ModelRoute, model: string, accounts: readonly Account[]): Candidate[] {
  const targetModel = route.targetModel ?? model
  const found =
    route.targetProvider === undefined
      ? planByName(targetModel, accounts)
      : targetsAt(accounts, route.targetProvider, targetModel)
  const end = route.targetProvider ?? route.targetModel
  if (found.length === 0 && end !== undefined) throw ledNowhere(model, end, accounts)
  return found.map((candidate) => ({ ...candidate, route }))
}

/** An exact name beats a prefix, a longer prefix a shorter one; priority decides before either. */
function bestRoute(routes: readonly ModelRoute[], model: string): ModelRoute | undefined {
  const fitting = routes.filter((route) => route.isEnabled && matches(route.sourceModel, model))
  const exactness = ({ sourceModel }: ModelRoute) =>
    sourceModel.endsWith('*') ? sourceModel.length - 1 : Number.MAX_SAFE_INTEGER
  return fitting.toSorted((a, b) => b.priority - a.priority || exactness(b) - exactness(a))[0]
}

function planByName(model: string, accounts: readonly Account[]): Candidate[] {
  const slash = model.indexOf('/')
  if (slash > 0) {
    const whole = accounts.filter((account) => ownsWholeName(account, model, model.slice(0, slash)))
    if (whole.length > 0) return whole.map((account) => ({ account, model }))
    const named = targetsAt(accounts, model.slice(0, slash), model.slice(slash + 1))
    if (named.length > 0) return named
  }
  const known = accounts.filter(({ provider }) =>
    provider.modelPrefixes.some((prefix) => model.startsWith(prefix)),
  )
  const listed = accounts.filter(({ models }) => models !== undefined && matchesAny(models, model))
  const found = [...new Set([...known, ...listed])]
  return found.map((account) => ({ account, model }))
}

/**
 * Some models' own names look like `provider/model`: Groq's `groq/compound`, or `openai/gpt-oss-120b` wherever it is hosted. Such a
 * name is meant whole where an account lists it, or where it is the named provider's own.
 */
function ownsWholeName(account: Account, model: string, named: string): boolean {
  const { models, provider } = account
  if (models?.includes(model)) return true
  return (
    isNamed(account, named) &&
    provider.modelPrefixes.some((prefix) => prefix.includes('/') && model.startsWith(prefix))
  )
}

/** Accounts of a provider, which may be named by its id, by an account's id, or by an account's name. */
function targetsAt(accounts: readonly Account[], name: string, model: string | undefined): Candidate[] {
  return accounts.filter((account) => isNamed(account, name)).map((account) => ({ account, model }))
}

/** Configuration keeps the names that routes lead to in lower case. */
function isNamed({ id, name: own, provider }: Account, name: string): boolean {
  const wanted = name.toLowerCase()
  return [provider.id, id, own].some((known) => known.toLowerCase() === wanted)
}

function isAllowed(account: Account, model: string | undefined): boolean {
  return account.models === undefined || model === undefined || matchesAny(account.models, model)
}

function ledNowhere(model: string, end: string, accounts: readonly Account[]): GatewayError {
  const message = `A route leads the model "${model}" to "${end}", which no upstream account in use serves.`
  const hint = `Providers with accounts: ${providersOf(accounts)}.`
  return new GatewayError('model_not_found', `${message} ${hint}`, { path: 'model' })
}

function notServed(request: PlanRequest, accounts: readonly Account[]): GatewayError {
  const subject = request.model === undefined ? 'this request' : `the model "${request.model}"`
  const hint = 'Write "provider/model" to choose one of them, or add a route.'
  return new GatewayError(
    'model_not_found',
    `No upstream account serves ${subject}. Providers with accounts: ${providersOf(accounts)}. ${hint}`,
    {
      path: 'model',
    },
  )
}

function providersOf(accounts: readonly Account[]): string {
  return [...new Set(accounts.map(({ provider }) => provider.id))].join(', ') || 'none'
}
