import type { AccountConfig } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { completeCodeFlow, startCodeFlow } from '../oauth/code-flow.ts'
import { pollDeviceFlow, startDeviceFlow } from '../oauth/device-flow.ts'
import { readPastedAnswer } from '../oauth/pasted-answer.ts'
import { PRESETS } from '../oauth/presets.ts'
import { refreshTokens } from '../oauth/refresh-tokens.ts'
import { type OAuthAccount, unknownFlow } from '../oauth/sign-in.ts'
import { oauthStatus } from '../oauth/status.ts'
import { getFlow } from '../store/oauth-flows.ts'
import { getTokens, removeTokens } from '../store/oauth-tokens.ts'
import { openAccount } from './accounts.ts'
import { audited, type Desk } from './desk.ts'
import { toInstant } from './fields.ts'
import { type OAuthSurroundings, toOAuthAccount } from './oauth-accounts.ts'
import type { BegunSignIn, SignInCompletion, SignInStart, SignInView } from './sign-in-shapes.ts'

// Signing in to accounts of type `oauth`. What keeps us from reaching a provider is thrown as `src/oauth` says.

/** A desk with a way to the providers. */
export interface SignInDesk extends Desk {
  readonly connections: OAuthSurroundings['connections']
}

/** Begins a sign-in. Throws `not_found`, `invalid_request` where the account has no such flow. */
export async function startSignIn(
  desk: SignInDesk,
  idOrName: string,
  input: SignInStart,
): Promise<BegunSignIn> {
  const { oauth, account } = await openForSignIn(desk, idOrName)
  const caution = PRESETS[account.provider]?.caution ?? null
  const hasPage = oauth.server.settings.authorizationEndpoint !== undefined
  if ((input.flow ?? (hasPage ? 'code' : 'device')) === 'code') {
    const { id, url, redirectUri, expiresAtMs } = await startCodeFlow(oauth)
    return { flow: 'code', id, expires_at: inWords(expiresAtMs), caution, url, redirect_uri: redirectUri }
  }
  const flow = await startDeviceFlow(oauth)
  return {
    flow: 'device',
    id: flow.id,
    expires_at: inWords(flow.expiresAtMs),
    caution,
    user_code: flow.userCode,
    verification_uri: flow.verificationUri,
    verification_uri_complete: flow.verificationUriComplete ?? null,
    interval_seconds: flow.intervalMs / 1000,
  }
}

/**
 * Ends a sign-in with what the browser came back with, or asks whether somebody has agreed on their device. Throws `not_found` where it
 * is over or unknown, `permission_denied` where it was refused, `invalid_request`.
 */
export async function completeSignIn(
  desk: SignInDesk,
  { id, answer }: SignInCompletion,
): Promise<SignInView> {
  const flowId = id ?? (answer === undefined ? undefined : readPastedAnswer(answer).state)
  if (flowId === undefined) {
    const message = 'This code comes without a state, so name the sign-in that it belongs to.'
    throw new GatewayError('invalid_request', message, { path: 'id' })
  }
  const flow = await getFlow(desk.db, flowId, desk.now())
  if (flow === undefined) throw unknownFlow()
  const { oauth, account } = await openForSignIn(desk, flow.accountId)
  if (flow.kind === 'device') {
    const polled = await pollDeviceFlow(oauth, flow.id)
    if (polled.state === 'pending') return pending(oauth, polled.retryAfterMs)
  } else {
    if (answer === undefined) {
      throw new GatewayError('invalid_request', 'Send what the browser came back with.', { path: 'answer' })
    }
    await completeCodeFlow(oauth, { pasted: answer, flowId: id })
  }
  return await noted(desk, account, 'sign_in')
}

/** Throws `not_found`. */
export async function showSignIn(desk: Desk, idOrName: string): Promise<SignInView> {
  return await signInOf(desk, await openAccount(desk, idOrName))
}

/** Fetches new tokens now. Throws `upstream_credentials_rejected` where somebody has to sign in (again). */
export async function refreshSignIn(desk: SignInDesk, idOrName: string): Promise<SignInView> {
  const { oauth, account } = await openForSignIn(desk, idOrName)
  const startedAtMs = desk.now()
  await refreshTokens(oauth, ({ obtainedAtMs }) => obtainedAtMs > startedAtMs)
  return await noted(desk, account, 'refresh')
}

/** Forgets the tokens; the provider is not told. False where there were none. Throws `not_found`. */
export async function endSignIn(desk: Desk, idOrName: string): Promise<boolean> {
  const account = await openAccount(desk, idOrName)
  return await audited(desk, 'sign_out', async (tx) => ({
    subject: subjectOf(account),
    result: await removeTokens(tx, account.id),
  }))
}

interface Opened {
  readonly oauth: OAuthAccount
  readonly account: AccountConfig
}

/** An account of the store or of a file: nobody writes tokens into files. */
async function openForSignIn(desk: SignInDesk, idOrName: string): Promise<Opened> {
  const account = await openAccount(desk, idOrName)
  const { db, now, connections } = desk
  return { oauth: toOAuthAccount(account, { db, vault: await desk.vault(), now, connections }), account }
}

async function noted(desk: Desk, account: AccountConfig, action: string): Promise<SignInView> {
  const view = await signInOf(desk, account)
  return await audited(desk, action, async () => ({ subject: subjectOf(account), after: view, result: view }))
}

/** How it stands with the sign-in of an account. */
export async function signInOf({ db, now }: Desk, { id }: AccountConfig): Promise<SignInView> {
  const status = oauthStatus(await getTokens(db, id), now())
  return {
    account: id,
    state: status.state,
    expires_at: toInstant(status.expiresAtMs),
    refreshed_at: toInstant(status.refreshedAtMs),
    failure: status.failure,
  }
}

function pending({ accountId: account }: OAuthAccount, retryAfterMs: number): SignInView {
  const unknown = { expires_at: null, refreshed_at: null, failure: null }
  return { account, state: 'pending', ...unknown, retry_after_seconds: retryAfterMs / 1000 }
}

function inWords(ms: number): string {
  return new Date(ms).toISOString()
}

function subjectOf({ id, name }: AccountConfig) {
  return { type: 'account', id, name } as const
}
