import type { FastifyRequest } from 'fastify'
import type { AccountConfig, Config } from '../config/config.ts'
import type { Desk } from '../control/desk.ts'
import type { RunningStore } from '../control/running-store.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import type { Credential } from '../upstream/credential.ts'

/** What the admin API works on; the composition root owns all of it. */
export interface AdminParts {
  readonly gateway: Gateway
  /** The store, made where there is none. Rejects with `store_unavailable`. */
  readonly openStore: () => Promise<RunningStore>
  /** What files and environment declare at the moment, without what the store adds. */
  readonly config: () => Config
  /** The tokens of an account that somebody signs in to. */
  readonly credentialOf: (account: AccountConfig) => Credential | undefined
  /** Shows a new admin token to whoever started the gateway; absent where nobody looks, and then none is made. */
  readonly showToken?: ((token: string) => void) | undefined
}

/** The desk that one request works at. */
export async function deskOf(
  { openStore, config, gateway }: AdminParts,
  { id }: FastifyRequest,
): Promise<Desk> {
  const { store, vault } = await openStore()
  const declared = config()
  return {
    db: store.db,
    vault,
    config: declared,
    actor: { source: 'api', name: 'admin', requestId: id },
    now: gateway.now,
    mayUsePrivateAddresses: declared.admin.allowPrivateUpstreams,
  }
}
