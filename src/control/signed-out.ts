import type { GatewayError } from '../core/errors.ts'
import type { Credential } from '../upstream/credential.ts'

/** The credential of an account that cannot be used: every request hears why. */
export function signedOut(reason: GatewayError): Credential {
  return {
    authorise: () => Promise.reject(reason),
    renew: () => Promise.resolve(false),
    secrets: () => [],
  }
}
