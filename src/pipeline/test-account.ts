import type { AccountConfig, Config } from '../config/config.ts'
import { type ErrorCode, GatewayError, toGatewayError } from '../core/errors.ts'
import type { Account } from '../routing/account.ts'
import type { UpstreamConnections } from '../upstream/connections.ts'
import type { Credentials } from './credentials.ts'
import { askCheaply, readModelList } from './model-directory.ts'
import { buildSnapshot } from './snapshot.ts'

/** What a cheap real call to an account has shown. */
export interface AccountTest {
  /** It answered, and takes our credential as far as that can be told. */
  readonly isWell: boolean
  /** Until its answer was whole; null where it was not asked, or did not answer. */
  readonly latencyMs: number | null
  readonly status: number | null
  /** How many models it lists; null where it lists none in a way that we can read. */
  readonly models: number | null
  /** What it is, and what to do where it is not well, in words. */
  readonly message: string
  readonly code: ErrorCode | null
}

export interface TestOptions {
  readonly account: AccountConfig
  readonly config: Config
  readonly connections: UpstreamConnections
  readonly credentials: Credentials
}

const TIMEOUT_MS = 15_000

/** Asks an account for its list of models, which spends no tokens, and says in words what is wrong. Does not throw for an account that is not well. */
export async function testAccount(options: TestOptions): Promise<AccountTest> {
  const startedTick = performance.now()
  try {
    const account = prepare(options)
    const { healthCheck, title } = account.provider
    if (healthCheck === undefined)
      return wordless(`${title} has nothing that could be asked without spending tokens; send a request.`)
    const { status, body } = await askCheaply(account, options.connections, healthCheck, TIMEOUT_MS)
    return judge(account, status, body, Math.round(performance.now() - startedTick))
  } catch (thrown) {
    const error = toGatewayError(thrown)
    return { ...wordless(explain(error)), isWell: false, code: error.code }
  }
}

/** The account as requests would use it. Throws what keeps it from being used. */
function prepare({ account, config, credentials }: TestOptions): Account {
  const alone = { ...config, accounts: [account], virtualKeys: [] }
  const { accountById, unusable } = buildSnapshot(alone, credentials)
  const prepared = accountById.get(account.id)
  if (prepared !== undefined) return prepared
  throw (
    unusable.get(account.id) ??
    new GatewayError(
      'unknown_provider',
      `There is no provider "${account.provider}", and the account has no base_url.`,
    )
  )
}

function judge({ provider }: Account, status: number, body: Buffer, latencyMs: number): AccountTest {
  const models = status === 200 ? modelsIn(body) : null
  const seen = { status, latencyMs, models }
  switch (true) {
    case status === 401 || status === 403:
      return {
        ...seen,
        isWell: false,
        code: 'upstream_credentials_rejected',
        message:
          status === 401
            ? `${provider.title} does not accept the credential (401). Check that it is whole and has not been revoked.`
            : `${provider.title} knows the credential, but it may not be used for this (403). Check its permissions, project and region.`,
      }
    case status === 404 || status === 405:
      return {
        ...seen,
        isWell: true,
        code: null,
        message: `It answers, but has no list of models (${status}). If requests fail as well, check the path of base_url.`,
      }
    case status === 429:
      return {
        ...seen,
        isWell: true,
        code: null,
        message: 'It answers, and asks to wait: its rate limit is reached.',
      }
    case status === 200:
      return { ...seen, isWell: true, code: null, message: modelsMessage(models) }
    default:
      return {
        ...seen,
        isWell: false,
        code: 'upstream_error',
        message: `${provider.title} answered with status ${status}.`,
      }
  }
}

function modelsMessage(models: number | null): string {
  if (models !== null) return `It answers, and lists ${models} ${models === 1 ? 'model' : 'models'}.`
  return 'It answers, but not with a list of models: is base_url the address of an API?'
}

function modelsIn(body: Buffer): number | null {
  try {
    return readModelList(JSON.parse(body.toString('utf8')))?.length ?? null
  } catch {
    return null
  }
}

/** Node's and OpenSSL's codes, in words. Whatever else there is says what it is. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name does not exist. Check the spelling of base_url.',
  EAI_AGAIN: 'The host name cannot be looked up at the moment. Check the DNS of this machine.',
  ECONNREFUSED: 'Nothing listens there (connection refused). Check host and port, and that the server runs.',
  ECONNRESET: 'The connection was broken off. Check whether it is http or https, and what stands between.',
  EHOSTUNREACH: 'There is no way to this host from here.',
  ENETUNREACH: 'There is no way to this network from here.',
  EPRIVATE:
    'The host name leads to a private address, which this account may not use (admin.allow_private_upstreams).',
  UND_ERR_INVALID_ARG:
    'The key or a header holds characters that cannot be sent. Check that it was copied whole.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is self-signed. Trust it with NODE_EXTRA_CA_CERTS.',
  SELF_SIGNED_CERT_IN_CHAIN:
    'Its certificate is of an authority that is not trusted here (NODE_EXTRA_CA_CERTS).',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate cannot be verified: the server does not send the whole chain.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Its certificate is of an authority that is not trusted here (NODE_EXTRA_CA_CERTS).',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another host name.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'It does not speak TLS there: is it http rather than https?',
}

function explain(error: GatewayError): string {
  const words = codesOf(error)
    .map((code) => WORDS[code])
    .find(Boolean)
  return words ?? error.message
}

/** Codes of an error and what caused it; several addresses tried in vain are one `AggregateError`. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const inner: unknown[] = error instanceof AggregateError ? error.errors : []
  return [...own, ...inner.flatMap(codesOf), ...codesOf(error.cause)]
}

function wordless(message: string): AccountTest {
  return { isWell: true, latencyMs: null, status: null, models: null, code: null, message }
}
