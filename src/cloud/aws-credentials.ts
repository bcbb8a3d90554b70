import type { CloudConfig } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { Credential } from '../upstream/credential.ts'
import { toCredentialFailure } from './failure.ts'
import { type Lease, Renewed } from './renewed.ts'
import { type AwsKeys, signRequest } from './sigv4.ts'

type AwsConfig = Extract<CloudConfig, { type: 'aws' }>

/** The name that Bedrock's signatures carry. */
const SERVICE = 'bedrock'

/** Signs requests to Bedrock: with the account's own keys, or with those that AWS's tools would find on this machine. */
export function createAwsCredential(config: AwsConfig, now: Clock): Credential {
  const scope = { region: config.region, service: SERVICE }
  const { accessKeyId, secretAccessKey, sessionToken } = config
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
    return {
      authorise: (request) => signRequest(request, keys, scope, now()),
      renew: () => Promise.resolve(false),
      secrets: () => secretsOf(keys),
    }
  }
  const found = new Renewed(() => findKeys(config), now)
  return {
    authorise: (request) => {
      const keys = found.get()
      if (!(keys instanceof Promise)) return signRequest(request, keys, scope, now())
      return keys.then((fetched) => signRequest(request, fetched, scope, now()))
    },
    renew: () => found.renew(),
    secrets: () => found.values().flatMap(secretsOf),
  }
}

function secretsOf({ secretAccessKey, sessionToken }: AwsKeys): string[] {
  return sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken]
}

/**
 * Environment, profile, single sign-on, web identity, the role of the container or the machine, in this order.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
async function findKeys({ profile, region }: AwsConfig): Promise<Lease<AwsKeys>> {
  // 10 MB that only accounts without keys of their own need
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  try {
    const provider = defaultProvider({ clientConfig: { region }, ...(profile !== undefined && { profile }) })
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provider()
    return {
      value: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      expiresAtMs: expiration?.getTime(),
    }
  } catch (thrown) {
    throw toCredentialFailure('AWS', thrown)
  }
}
