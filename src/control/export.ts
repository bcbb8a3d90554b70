import * as z from 'zod'
import type { JsonObject } from '../core/json.ts'
import { type AccountRecord, loadAccounts } from '../store/accounts.ts'
import { loadModelRoutes, type ModelRouteRecord } from '../store/model-routes.ts'
import type { Page, PageRequest } from '../store/page.ts'
import { listTeams, type TeamRecord } from '../store/teams.ts'
import { listVirtualKeys, type VirtualKeyRecord } from '../store/virtual-keys.ts'
import { joinCredential } from './account-credential.ts'
import type { Desk } from './desk.ts'
import { toInstant } from './fields.ts'
import { openSecrets } from './stored-account.ts'

const entries = z.array(z.record(z.string(), z.unknown()))

/** What the store holds, in the spelling of the config file. */
export const exportShape = z.strictObject({
  teams: entries,
  gateway_keys: entries,
  upstream_accounts: entries,
  model_routes: z.strictObject({ routes: entries }),
})

export type StoreExport = z.output<typeof exportShape>

/**
 * Everything that was made at run time, but for the tokens of sign-ins. Credentials are `sealed`, or `revealed`: then every account can be
 * declared in a config file as it stands. What a config file has no name for stands there all the same, so that nobody loads a key without its
 * limits unawares. Revealing throws `vault_locked` or `vault_corrupt` where a credential cannot be opened.
 */
export async function exportStore(desk: Desk, credentials: 'sealed' | 'revealed'): Promise<StoreExport> {
  const { db } = desk
  const [teams, keys, accounts, routes] = await Promise.all([
    all((request) => listTeams(db, request)),
    all((request) => listVirtualKeys(db, request)),
    loadAccounts(db),
    loadModelRoutes(db),
  ])
  const exported: object[] = []
  for (const account of accounts)
    exported.push({ ...exportAccount(account), ...(await exportCredential(desk, account, credentials)) })
  return {
    teams: teams.map(exportTeam).map(compact),
    gateway_keys: keys.map(exportKey).map(compact),
    upstream_accounts: exported.map(compact),
    model_routes: { routes: routes.map(exportRoute).map(compact) },
  }
}

async function all<Item>(list: (request: PageRequest) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let after: string | undefined
  do {
    const page = await list({ limit: 500, after })
    items.push(...page.items)
    after = page.nextCursor ?? undefined
  } while (after !== undefined)
  return items
}

function exportTeam({ id, name, status, models, endpoints, metadata }: TeamRecord): object {
  return { id, name, status, models, endpoints, metadata }
}

function exportKey(key: VirtualKeyRecord): object {
  return {
    id: key.id,
    name: key.name,
    key_hash: key.secretSha256,
    permissions: key.permissions,
    status: key.status === 'active' ? 'active' : 'disabled',
    models: key.models,
    quota: key.quotaPerHour,
    passthrough: key.isPassthrough || null,
    strict: key.isStrict || null,
    account: key.accountId,
    model_routes: key.modelRoutes,
    team: key.teamId,
    endpoints: key.endpoints,
    expires_at: toInstant(key.expiresAtMs),
    metadata: key.metadata,
    previous_key_hash: key.previousSecretSha256,
    previous_key_until: toInstant(key.previousUntilMs),
  }
}

function exportAccount(account: AccountRecord): object {
  return {
    id: account.id,
    name: account.name,
    type: account.type,
    provider: account.provider,
    status: account.status,
    base_url: account.baseUrl,
    dialect: account.dialect,
    models: account.models,
    capabilities: account.capabilities,
    weight: account.weight,
    priority: account.priority,
    region: account.region,
  }
}

async function exportCredential(
  desk: Desk,
  account: AccountRecord,
  credentials: 'sealed' | 'revealed',
): Promise<JsonObject> {
  const settings = account.settings ?? {}
  if (credentials === 'sealed') return { ...settings, sealed_credential: account.sealedCredential }
  const secrets = account.sealedCredential === null ? {} : openSecrets(account, await desk.vault())
  return { ...(account.type === 'api-key' && { api_key: '' }), ...joinCredential({ settings, secrets }) }
}

function exportRoute(route: ModelRouteRecord): object {
  return {
    id: route.id,
    source_model: route.sourceModel,
    target_model: route.targetModel,
    target_provider: route.targetProvider,
    priority: route.priority,
    enabled: route.isEnabled,
    strict: route.isStrict || null,
    capabilities: route.capabilities,
    description: route.description,
  }
}

/** Without what is not set. */
function compact(entry: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== null && value !== undefined),
  )
}
