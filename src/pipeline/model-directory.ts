import { LRUCache } from 'lru-cache'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { endpointPath } from '../providers/address.ts'
import { FAMILY_AUTH } from '../providers/provider.ts'
import type { Account } from '../routing/account.ts'
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
  const { family } = account.provider.healthCheck
  const page =
    family === 'anthropic' ? `?limit=${PAGE_SIZE}` : family === 'gemini' ? `?pageSize=${PAGE_SIZE}` : ''
  const answer = await askCheaply(account, connections, `/models${page}`, TIMEOUT_MS)
  if (answer.status !== 200) {
    throw new GatewayError(
      'upstream_error',
      `${account.provider.title} did not list its models (status ${answer.status}).`,
    )
  }
  return readList(JSON.parse(answer.body.toString('utf8')), account.provider.id)
}

/** OpenAI and Anthropic list `data[].id`, Gemini `models[].name`, Together a bare array. */
function readList(body: unknown, providerId: string): ListedModel[] {
  const entries: unknown = isJsonObject(body) ? (body.data ?? body.models) : body
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry) => {
    const id: unknown = isJsonObject(entry) ? (entry.id ?? entry.name) : undefined
    return typeof id === 'string' ? [{ id: id.replace(/^models\//, ''), providerId }] : []
  })
}

/** A GET that makes no model work, with the account's credential. `path` hangs below the root of the provider's health check. */
export function askCheaply(
  account: Account,
  connections: UpstreamConnections,
  path: string,
  timeoutMs: number,
): Promise<{ status: number; body: Buffer }> {
  const { family } = account.provider.healthCheck
  const auth = account.provider.auth?.[family] ?? FAMILY_AUTH[family]
  const fullPath = endpointPath(account.address, family, path)
  if (fullPath === undefined)
    throw new GatewayError('internal', `${account.provider.id} has no ${family} root.`)
  const headers = {
    ...account.provider.defaultHeaders?.[family],
    accept: 'application/json',
    ...(account.secret === '' ? {} : { [auth.header]: auth.prefix + account.secret }),
  }
  const reason = new GatewayError('upstream_timeout', 'The provider took too long.')
  const request = { origin: account.address.origin, path: fullPath, method: 'GET', headers, body: undefined }
  return connections.fetchWhole(request, timeoutMs, reason)
}
