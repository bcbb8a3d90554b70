import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../core/errors.ts'
import { countOf, textOf } from '../core/json.ts'
import { getFlow, type OAuthFlowRecord, takeFlow } from '../store/oauth-flows.ts'
import { replaceSealedFlow } from '../store/sealed-values.ts'
import { oauthFlowIdentity } from '../vault/identity.ts'
import { seal } from '../vault/vault.ts'
import { keepGrant, type OAuthAccount, openFlow, type SignedIn, storeFlow, unknownFlow } from './sign-in.ts'
import { askForDevice, authorizeDevice, type DeviceAuthorization, randomSecret } from './token-requests.ts'

/** What `slow_down` adds to the interval (RFC 8628, 3.5). */
const SLOW_DOWN_MS = 5000

export interface DeviceFlow extends Omit<DeviceAuthorization, 'deviceCode' | 'expiresInMs'> {
  readonly id: string
  readonly expiresAtMs: number
}

export type DeviceFlowState =
  /** Ask again after this time; asking sooner is answered without the server. */
  { readonly state: 'pending'; readonly retryAfterMs: number } | ({ readonly state: 'signed-in' } & SignedIn)

/** What a device flow needs from one poll to the next, wherever that is answered. */
interface Secrets {
  readonly deviceCode: string
  readonly verifier: string
  readonly intervalMs: number
  readonly askAtMs: number
}

/** Begins a device flow: somebody opens the address on any device and types in the code. Throws `invalid_request` without an endpoint. */
export async function startDeviceFlow(account: OAuthAccount): Promise<DeviceFlow> {
  if (account.server.settings.deviceAuthorizationEndpoint === undefined) {
    const message = "A device flow needs device_authorization_endpoint in the account's oauth settings."
    throw new GatewayError('invalid_request', message, { path: 'oauth.device_authorization_endpoint' })
  }
  const [id, verifier] = [await randomSecret(), await randomSecret()]
  const { deviceCode, expiresInMs, ...shown } = await authorizeDevice(account.server, verifier)
  const nowMs = account.now()
  const secrets: Secrets = {
    deviceCode,
    verifier,
    intervalMs: shown.intervalMs,
    askAtMs: nowMs + shown.intervalMs,
  }
  const expiresAtMs = nowMs + expiresInMs
  await storeFlow(account, { id, kind: 'device', expiresAtMs }, { ...secrets })
  return { id, expiresAtMs, ...shown }
}

/**
 * Asks whether somebody has agreed, at most once per interval however many ask. Throws `permission_denied` where they refused,
 * `not_found` where the flow is over or unknown, and what `toOAuthFailure` says.
 */
export async function pollDeviceFlow(account: OAuthAccount, flowId: string): Promise<DeviceFlowState> {
  const flow = await getFlow(account.db, flowId, account.now())
  const secrets = readSecrets(account, flow)
  if (flow === undefined) throw unknownFlow()
  const tooEarlyMs = secrets.askAtMs - account.now()
  if (tooEarlyMs > 0) return { state: 'pending', retryAfterMs: tooEarlyMs }
  const claimed = await postpone(account, flow, secrets)
  if (claimed === undefined) return { state: 'pending', retryAfterMs: secrets.intervalMs }
  const answer = await askForDevice(account.server, secrets)
  switch (answer) {
    case 'authorization_pending':
      return { state: 'pending', retryAfterMs: secrets.intervalMs }
    case 'slow_down':
      await postpone(account, claimed, { ...secrets, intervalMs: secrets.intervalMs + SLOW_DOWN_MS })
      return { state: 'pending', retryAfterMs: secrets.intervalMs + SLOW_DOWN_MS }
    case 'access_denied':
      await takeFlow(account.db, flowId, account.now())
      throw new GatewayError('permission_denied', 'The sign-in was refused.')
    case 'expired_token':
      await takeFlow(account.db, flowId, account.now())
      throw unknownFlow()
    default: {
      const signedIn = await keepGrant(account, answer)
      await takeFlow(account.db, flowId, account.now())
      return { state: 'signed-in', ...signedIn }
    }
  }
}

/** Polls until somebody has agreed or refused, or the flow is over. A network that fails is asked again; `signal` ends the wait. */
export async function waitForDevice(
  account: OAuthAccount,
  flow: DeviceFlow,
  signal?: AbortSignal,
): Promise<SignedIn> {
  let waitMs = flow.intervalMs
  for (;;) {
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
    try {
      const answer = await pollDeviceFlow(account, flow.id)
      if (answer.state === 'signed-in') return answer
      waitMs = answer.retryAfterMs
    } catch (error) {
      if (!mayPass(error)) throw error
      waitMs = Math.min(waitMs * 2, 60_000) // RFC 8628 asks for this after a timeout
    }
  }
}

function mayPass(error: unknown): boolean {
  const passing = ['upstream_unreachable', 'upstream_timeout', 'upstream_rate_limited', 'upstream_error']
  return error instanceof GatewayError && passing.includes(error.code)
}

/** Puts off the next question, for everybody; undefined where somebody else has just done so, and is asking. */
async function postpone(
  { db, vault, now }: OAuthAccount,
  flow: OAuthFlowRecord,
  secrets: Secrets,
): Promise<OAuthFlowRecord | undefined> {
  const later: Secrets = { ...secrets, askAtMs: now() + secrets.intervalMs }
  const sealed = seal(vault, oauthFlowIdentity(flow.id), JSON.stringify(later))
  return (await replaceSealedFlow(db, flow.id, flow.sealed, sealed)) ? { ...flow, sealed } : undefined
}

function readSecrets(account: OAuthAccount, flow: OAuthFlowRecord | undefined): Secrets {
  const { deviceCode, verifier, intervalMs, askAtMs } = openFlow(account, flow, 'device')
  return {
    deviceCode: textOf(deviceCode),
    verifier: textOf(verifier),
    intervalMs: countOf(intervalMs),
    askAtMs: countOf(askAtMs),
  }
}
