import type { Db } from '../store/database.ts'
import {
  listSealedCredentials,
  listSealedFlows,
  listSealedTokens,
  replaceSealedCredential,
  replaceSealedFlow,
  replaceSealedTokens,
  type SealedValue,
} from '../store/sealed-values.ts'
import { credentialIdentity, oauthFlowIdentity, oauthTokenIdentity } from './identity.ts'

/** One kind of sealed record: what it is bound to, and how it is read and replaced. */
export interface SealedKind {
  readonly identityOf: (id: string) => string
  readonly list: (db: Db, afterId: string, limit: number) => Promise<SealedValue[]>
  readonly replace: (db: Db, id: string, old: string, sealed: string) => Promise<boolean>
}

/** Everything in the store that the vault sealed. */
export const SEALED_KINDS: readonly SealedKind[] = [
  { identityOf: credentialIdentity, list: listSealedCredentials, replace: replaceSealedCredential },
  { identityOf: oauthTokenIdentity, list: listSealedTokens, replace: replaceSealedTokens },
  { identityOf: oauthFlowIdentity, list: listSealedFlows, replace: replaceSealedFlow },
]

/** The first sealed records there are, at most `limit` of each kind. */
export async function someSealed(db: Db, limit: number): Promise<SealedValue[]> {
  const found: SealedValue[] = []
  for (const { list } of SEALED_KINDS) found.push(...(await list(db, '', limit)))
  return found
}
