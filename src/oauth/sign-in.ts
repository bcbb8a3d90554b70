import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Db } from '../store/database.ts'
import { insertFlow, type OAuthFlowRecord, removeExpiredFlows } from '../store/oauth-flows.ts'
import { saveTokens } from '../store/oauth-tokens.ts'
import { oauthFlowIdentity } from '../vault/identity.ts'
import { open, seal, type Vault } from '../vault/vault.ts'
import type { AuthorizationServer } from './token-requests.ts'
import { sealTokens, type TokenGrant } from './token-set.ts'

/** An account that is signed in to: whose tokens, where they come from, and where they are kept. */
export interface OAuthAccount {
  readonly accountId: string
  readonly server: AuthorizationServer
  readonly db: Db
  readonly vault: Vault
  readonly now: Clock
}

/** An account that somebody has signed in to. */
export interface SignedIn {
  readonly accountId: string
  /** Null where the provider did not say. */
  readonly expiresAtMs: number | null
  /** False where the account has to be signed in to again when this token ends. */
  readonly isRenewable: boolean
  /** Where the provider wants these tokens used, if it says so: `portal.qwen.ai`. Nothing follows it by itself. */
  readonly resourceUrl: string | undefined
}

/** Keeps what a grant gave, for every process that serves the account. */
export async function keepGrant(account: OAuthAccount, grant: TokenGrant): Promise<SignedIn> {
  const { accountId, db, vault } = account
  const nowMs = account.now()
  const { expiresAtMs } = await saveTokens(db, sealTokens(vault, accountId, grant, { nowMs }), { nowMs })
  const isRenewable = grant.refreshToken !== undefined
  return { accountId, expiresAtMs, isRenewable, resourceUrl: grant.resourceUrl }
}

/** Stores a flow with its secrets sealed, and clears away what others left unfinished. */
export async function storeFlow(
  { accountId, db, vault, now }: OAuthAccount,
  flow: Pick<OAuthFlowRecord, 'id' | 'kind' | 'expiresAtMs'>,
  secrets: JsonObject,
): Promise<void> {
  const nowMs = now()
  await removeExpiredFlows(db, nowMs)
  const sealed = seal(vault, oauthFlowIdentity(flow.id), JSON.stringify(secrets))
  await insertFlow(db, { ...flow, accountId, sealed }, nowMs)
}

/** The secrets of a flow of this account. Throws `not_found` for one that is unknown, over, or another account's. */
export function openFlow(
  { accountId, vault }: OAuthAccount,
  flow: OAuthFlowRecord | undefined,
  kind: OAuthFlowRecord['kind'],
): JsonObject {
  if (flow === undefined || flow.accountId !== accountId || flow.kind !== kind) throw unknownFlow()
  const secrets: unknown = JSON.parse(open(vault, oauthFlowIdentity(flow.id), flow.sealed))
  return isJsonObject(secrets) ? secrets : {}
}

export function unknownFlow(): GatewayError {
  return new GatewayError(
    'not_found',
    'This sign-in is not known: it has expired, is finished, or was begun for another account. Begin a new one.',
  )
}
