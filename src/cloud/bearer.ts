import type { Clock } from '../core/clock.ts'
import type { Credential } from '../upstream/credential.ts'
import { type Lease, Renewed } from './renewed.ts'

/** A credential whose proof is a bearer token that expires. `secrets` are what the tokens are fetched with. */
export function createBearerCredential(
  fetchToken: () => Promise<Lease<string>>,
  now: Clock,
  secrets: readonly string[],
): Credential {
  const token = new Renewed(fetchToken, now)
  const headers = (value: string) => ({ authorization: `Bearer ${value}` })
  return {
    authorise: () => {
      const value = token.get()
      return value instanceof Promise ? value.then(headers) : headers(value)
    },
    renew: () => token.renew(),
    secrets: () => [...token.values(), ...secrets],
  }
}
