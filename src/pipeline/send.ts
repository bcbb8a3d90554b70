import type { UpstreamDialectId } from '../core/dialect-id.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { UpstreamDialect } from '../dialects/dialect.ts'
import { UPSTREAM_DIALECTS } from '../dialects/index.ts'
import type { Account } from '../routing/account.ts'
import type { Target } from '../routing/plan.ts'
import type { UpstreamRequest } from '../upstream/connections.ts'
import type { Credential } from '../upstream/credential.ts'
import type { Headers } from '../wire/headers.ts'
import { attempt } from './attempt.ts'
import type { Client } from './client.ts'
import type { ClientCall } from './client-call.ts'
import { type CredentialGuard, guardOf } from './credential-guard.ts'
import type { Gateway } from './gateway.ts'
import type { BuiltRequest } from './upstream-request.ts'

/** Everything that one target's attempts share. */
export interface Sending {
  readonly gateway: Gateway
  readonly call: ClientCall
  readonly target: Target
  readonly request: BuiltRequest
  readonly client: Client
  /** Headers of ours that go with whatever the upstream answers, but for the count of attempts. */
  readonly ownHeaders: Headers
}

/** Calls one target, a second time where its credential could be renewed after it was refused. Rejects as `attempt` does. */
export function send(sending: Sending): Promise<void> {
  const { call, request, target } = sending
  const { credential, id } = target.account
  if (credential !== undefined) return sendRenewably(sending, credential)
  return attemptOnce(sending, request.upstream, call.snapshot.guards.get(id))
}

async function sendRenewably(sending: Sending, credential: Credential): Promise<void> {
  const { account } = sending.target
  try {
    await sendAuthorised(sending)
  } catch (thrown) {
    if (!isRefused(thrown, account) || sending.client.hasBegun || !(await credential.renew())) throw thrown
    await sendAuthorised(sending)
  }
}

/** Amazon answers 403 to keys that have expired or were replaced, as it does to those that may not. */
function isRefused(thrown: unknown, { provider }: Account): boolean {
  if (!(thrown instanceof GatewayError)) return false
  return thrown.upstreamStatus === 401 || (thrown.upstreamStatus === 403 && provider.cloud === 'aws')
}

async function sendAuthorised(sending: Sending): Promise<void> {
  const { account } = sending.target
  const upstream = await authorise(sending, account)
  await attemptOnce(sending, upstream, guardOf(account))
}

/** An account that cannot even say who it is counts as sick. */
async function authorise({ gateway, request }: Sending, account: Account): Promise<UpstreamRequest> {
  const { upstream } = request
  try {
    const headers = await account.credential?.authorise(upstream)
    return { ...upstream, headers: { ...upstream.headers, ...headers } }
  } catch (thrown) {
    const error = toGatewayError(thrown)
    gateway.health.failedCheck(account.id, error)
    throw error
  }
}

function attemptOnce(
  { gateway, call, target, request, client, ownHeaders }: Sending,
  upstream: UpstreamRequest,
  guard: CredentialGuard | undefined,
): Promise<void> {
  const { account } = target
  return attempt({
    gateway,
    // those in force now: a reload may have closed the ones that the request began with
    connections: gateway.current().connections,
    exchange: call.exchange,
    accountId: account.id,
    providerId: account.provider.id,
    guard: guard ?? guardOf(account),
    request: account.isPublicOnly ? { ...upstream, isPublicOnly: true } : upstream,
    dialect: request.dialect,
    platform: platformOf(account, request.dialect.id),
    streamFraming: account.provider.streamFraming,
    conversion: request.conversion,
    reshape: request.reshape,
    client,
    ownHeaders: { ...ownHeaders, 'x-gateway-attempts': String(call.exchange.attempts + 1) },
    hidesUsage: request.hidesUsage,
    deadlines: call.snapshot.config.proxy,
  })
}

function platformOf({ provider }: Account, dialect: UpstreamDialectId): UpstreamDialect | undefined {
  const errors = provider.envelopes?.[dialect]?.errors
  return errors === undefined ? undefined : UPSTREAM_DIALECTS[errors]
}
