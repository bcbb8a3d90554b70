import { readFile } from 'node:fs/promises'
import type { CloudConfig } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { toCredentialFailure, toTokenFailure } from './failure.ts'
import type { Lease } from './renewed.ts'

type AzureConfig = Extract<CloudConfig, { type: 'azure' }>
type Environment = Readonly<Record<string, string | undefined>>

const CLOUD = 'Microsoft Entra'
/** What Azure's AI services are called here; `.default` asks for whatever the identity may do. */
const RESOURCE = 'https://cognitiveservices.azure.com'
const SCOPE = `${RESOURCE}/.default`
const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com'
const METADATA_HOST = 'http://169.254.169.254'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const TIMEOUT_MS = 10_000

/**
 * A bearer token for Azure's AI services: as the application that the account or the environment names, with its secret or with a
 * federated token; else as the managed identity of the machine. The environment's names are those of Azure's own SDKs.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function fetchEntraToken(
  config: AzureConfig,
  environment: Environment,
  now: Clock,
): Promise<Lease<string>> {
  try {
    return readToken(await ask(await tokenRequest(config, environment)), now())
  } catch (thrown) {
    throw toCredentialFailure(CLOUD, thrown)
  }
}

interface TokenRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as a form; without it the request is a GET. */
  readonly form?: Readonly<Record<string, string>>
}

async function tokenRequest(config: AzureConfig, environment: Environment): Promise<TokenRequest> {
  const tenantId = config.tenantId ?? environment.AZURE_TENANT_ID
  const clientId = config.clientId ?? environment.AZURE_CLIENT_ID
  if (tenantId !== undefined && clientId !== undefined) {
    const url = `${authority(environment)}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`
    const form = { grant_type: 'client_credentials', client_id: clientId, scope: SCOPE }
    // the environment's secret belongs to the environment's application
    const clientSecret =
      config.clientSecret ?? (config.clientId === undefined ? environment.AZURE_CLIENT_SECRET : undefined)
    if (clientSecret !== undefined) return { url, form: { ...form, client_secret: clientSecret } }
    const file = environment.AZURE_FEDERATED_TOKEN_FILE
    if (file !== undefined) {
      const client_assertion = (await readFile(file, 'utf8')).trim()
      return { url, form: { ...form, client_assertion_type: ASSERTION_TYPE, client_assertion } }
    }
  }
  return managedIdentity(clientId, environment)
}

function authority({ AZURE_AUTHORITY_HOST: host }: Environment): string {
  const url = host === undefined || host === '' ? PUBLIC_AUTHORITY : host
  return (url.includes('://') ? url : `https://${url}`).replace(/\/+$/, '')
}

/**
 * App Service, Functions and Container Apps say where to ask; every other machine asks its metadata service.
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
function managedIdentity(clientId: string | undefined, environment: Environment): TokenRequest {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: proof } = environment
  const query = { resource: RESOURCE, ...(clientId !== undefined && { client_id: clientId }) }
  if (endpoint !== undefined && proof !== undefined) {
    return {
      url: withQuery(endpoint, { 'api-version': '2019-08-01', ...query }),
      headers: { 'x-identity-header': proof },
    }
  }
  const host = (environment.AZURE_POD_IDENTITY_AUTHORITY_HOST ?? METADATA_HOST).replace(/\/+$/, '')
  return {
    url: withQuery(`${host}/metadata/identity/oauth2/token`, { 'api-version': '2018-02-01', ...query }),
    headers: { metadata: 'true' },
  }
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  return `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(query).toString()}`
}

async function ask({ url, headers = {}, form }: TokenRequest): Promise<unknown> {
  const response = await fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(form !== undefined && { body: new URLSearchParams(form) }),
  })
  // the text of a refusal may quote what it refuses
  if (!response.ok) {
    await response.body?.cancel()
    throw toTokenFailure(CLOUD, response.status)
  }
  return response.json()
}

/** Entra counts seconds from now, as a number; managed identities may write them as text. */
function readToken(body: unknown, nowMs: number): Lease<string> {
  const { access_token: token, expires_in: seconds } = isJsonObject(body) ? body : {}
  if (typeof token !== 'string' || token === '')
    throw new GatewayError('upstream_credentials_rejected', `${CLOUD} answered without a token.`)
  const lifeSeconds = Number(seconds)
  return { value: token, expiresAtMs: nowMs + (lifeSeconds > 0 ? lifeSeconds : ASSUMED_LIFE_SECONDS) * 1000 }
}

const ASSUMED_LIFE_SECONDS = 30 * 60
