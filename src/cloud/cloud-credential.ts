import type { CloudConfig } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { Credential } from '../upstream/credential.ts'
import { createAwsCredential } from './aws-credentials.ts'
import { createBearerCredential } from './bearer.ts'
import { fetchEntraToken } from './entra-token.ts'
import { fetchGoogleToken } from './google-token.ts'

/**
 * The credential of a cloud account. Nothing is fetched before the first request needs it; then once for everybody who waits, and
 * again in the background before it expires.
 */
export function createCloudCredential(config: CloudConfig, now: Clock = Date.now): Credential {
  switch (config.type) {
    case 'aws':
      return createAwsCredential(config, now)
    case 'google':
      return createBearerCredential(() => fetchGoogleToken(config), now, [])
    case 'azure':
      return createBearerCredential(
        () => fetchEntraToken(config, process.env, now),
        now,
        present(config.clientSecret),
      )
    default:
      return config satisfies never
  }
}

function present(secret: string | undefined): string[] {
  return secret === undefined ? [] : [secret]
}
