import { LRUCache } from 'lru-cache'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { endpointPath } from '../providers/address.ts'
import type { Provider } from '../providers/provider.ts'
import { type Account, keyHeader } from '../routing/account.ts'
import type { UpstreamConnections } from '../upstream/connections.ts'

/** One model of one account, under the provider's own id. */
export interface ListedModel {
  readonly id: string
  readonly providerId: string
}

const KEPT_MS = 60_000
const TIMEOUT_MS = 10_000
/** Enough for every provider there is; Anthropic and Gemini page, and would otherwise answer with the first few. */
const PAGE_SIZE = 1000

/** What each account's provider says it serves, asked for at most once a minute. */
export class ModelDirectory {
  readonly #lists = new LRUCache<string, Promise<readonly ListedModel[]>>({ max: 200, ttl: KEPT_MS })

  /** Rejects with GatewayError where the provider does not answer with a list; such an answer is not kept. */
  list(account: Account, connections: UpstreamConnections): Promise<readonly ListedModel[]> {
    const known = this.#lists.get(account.id)
    if (known !== undefined) return known
    const list = fetchList(account, connections)
    this.#lists.set(account.id, list)
    list.catch(() => this.#lists.delete(account.id))
    return list
  }
}

async function fetchList(
  account: Account,
  connections: UpstreamConnections,
): Promise<readonly ListedModel[]> {
  const { healthCheck } = account.provider
  if (healthCheck === undefined) return configuredList(account)
  const { family } = healthCheck
  const page =
    family === 'anthropic' ? `?limit=${PAGE_SIZE}` : family === 'gemini' ? `?pageSize=${PAGE_SIZE}` : ''
  const answer = await askCheaply(account, connections, { family, path: `/models${page}` }, TIMEOUT_MS)
  if (answer.status !== 200) {
    throw new GatewayError(
      'upstream_error',
      `${account.provider.title} did not list its models (status ${answer.status}).`,
    )
  }
  const ids = readModelList(JSON.parse(answer.body.toString('utf8'))) ?? []
  return ids.map((id) => ({ id, providerId: account.provider.id }))
}

/** The ids in a list of models: OpenAI and Anthropic have `data[].id`, Gemini `models[].name`, Together a bare array. Undefined for anything else. */
export function readModelList(body: unknown): string[] | undefined {
  const entries: unknown = isJsonObject(body) ? (body.data ?? body.models) : body
  if (!Array.isArray(entries)) return undefined
  return entries.flatMap((entry) => {
    const id: unknown = isJsonObject(entry) ? (entry.id ?? entry.name) : undefined
    return typeof id === 'string' ? [id.replace(/^models\//, '')] : []
  })
}

/** Nobody can be asked: what the operator names is there, as far as it is named in full. */
function configuredList({ models = [], provider }: Account): ListedModel[] {
  return models.filter((id) => !id.endsWith('*')).map((id) => ({ id, providerId: provider.id }))
}

/** A GET that makes no model work, with the account's credential. The path hangs below the family's root. */
export async function askCheaply(
  account: Account,
  connections: UpstreamConnections,
  { family, path }: NonNullable<Provider['healthCheck']>,
  timeoutMs: number,
): Promise<{ status: number; body: Buffer }> {
  const fullPath = endpointPath(account.address, family, path)
  if (fullPath === undefined)
    throw new GatewayError('internal', `${account.provider.id} has no ${family} root.`)
  const headers = {
    ...account.provider.defaultHeaders?.[family],
    accept: 'application/json',
    ...account.headers,
    ...keyHeader(account, family),
  }
  const reason = new GatewayError('upstream_timeout', 'The provider took too long.')
  const { isPublicOnly, address } = account
  const request = {
    origin: address.origin,
    path: fullPath,
    method: 'GET',
    headers,
    body: undefined,
    isPublicOnly,
  }
  const proof = await account.credential?.authorise(request)
  return connections.fetchWhole({ ...request, headers: { ...headers, ...proof } }, timeoutMs, reason)
}
