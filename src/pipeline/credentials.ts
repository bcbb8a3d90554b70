import { createCloudCredential } from '../cloud/cloud-credential.ts'
import type { AccountConfig } from '../config/config.ts'
import type { Credential } from '../upstream/credential.ts'

/** The credentials of accounts whose proof of identity changes by itself. They outlive a reload, and with them the tokens that they hold. */
export class Credentials {
  readonly #signedIn: (account: AccountConfig) => Credential | undefined
  #known = new Map<string, Credential>()

  /** `signedIn` has the credentials of accounts of type `oauth`. */
  constructor(signedIn: (account: AccountConfig) => Credential | undefined = () => undefined) {
    this.#signedIn = signedIn
  }

  /** By account id, for those that need one; whoever is not in the list any more is forgotten. */
  of(accounts: readonly AccountConfig[]): ReadonlyMap<string, Credential> {
    const next = new Map<string, Credential>()
    const byId = new Map<string, Credential>()
    for (const account of accounts) {
      const { id, cloud, type } = account
      const signedIn = type === 'oauth' ? this.#signedIn(account) : undefined
      if (signedIn !== undefined) byId.set(id, signedIn)
      if (cloud === undefined) continue
      const identity = JSON.stringify([id, cloud])
      const credential = this.#known.get(identity) ?? createCloudCredential(cloud)
      next.set(identity, credential)
      byId.set(id, credential)
    }
    this.#known = next
    return byId
  }
}
