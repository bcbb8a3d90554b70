import type { GoogleAuthOptions } from 'google-auth-library'
import type { CloudConfig } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { toCredentialFailure } from './failure.ts'
import type { Lease } from './renewed.ts'

type GoogleConfig = Extract<CloudConfig, { type: 'google' }>

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform']

/**
 * An access token for Google Cloud: from the account's own credentials file or its content, else from where Google's tools find
 * theirs (`GOOGLE_APPLICATION_CREDENTIALS`, gcloud's login, workload identity, the metadata server).
 * @see https://cloud.google.com/docs/authentication/application-default-credentials
 */
export async function fetchGoogleToken(config: GoogleConfig): Promise<Lease<string>> {
  const options = { scopes: SCOPES, ...source(config) }
  // some 20 MB that only accounts of this cloud need
  const { GoogleAuth } = await import('google-auth-library')
  try {
    // a new one every time: the file may have been replaced, and what the library keeps may be what was refused
    const client = await new GoogleAuth(options).getClient()
    const { token } = await client.getAccessToken()
    if (typeof token !== 'string' || token === '') throw new Error('Google answered without a token')
    return { value: token, expiresAtMs: client.credentials.expiry_date ?? Date.now() + ASSUMED_LIFE_MS }
  } catch (thrown) {
    throw toCredentialFailure('Google', thrown)
  }
}

/** Tokens usually live for an hour. */
const ASSUMED_LIFE_MS = 30 * 60_000

function source({ credentialsFile, credentialsJson }: GoogleConfig): GoogleAuthOptions {
  if (credentialsJson !== undefined) return { credentials: parsed(credentialsJson) }
  return credentialsFile === undefined ? {} : { keyFilename: credentialsFile }
}

function parsed(text: string): object {
  try {
    const json: unknown = JSON.parse(text)
    if (isJsonObject(json)) return json
  } catch {
    // the parser's words would quote what must not be quoted
  }
  throw new GatewayError(
    'upstream_credentials_rejected',
    "The account's google.credentials_json is no JSON object.",
  )
}
