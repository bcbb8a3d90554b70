import { GatewayError } from '../core/errors.ts'
import { textOf } from '../core/json.ts'
import { getFlow, insertFlow, takeFlow } from '../store/oauth-flows.ts'
import type { OAuthSettings } from './oauth-settings.ts'
import { type PastedAnswer, readPastedAnswer } from './pasted-answer.ts'
import { keepGrant, type OAuthAccount, openFlow, type SignedIn, storeFlow, unknownFlow } from './sign-in.ts'
import { authorizationUrl, exchangeCode, randomSecret } from './token-requests.ts'

/** How long people may take to sign in. */
const FLOW_TTL_MS = 15 * 60_000

export interface CodeFlow {
  /** The `state` of the request; a code that comes without one is completed under this id. */
  readonly id: string
  /** Where the browser goes. */
  readonly url: string
  readonly redirectUri: string
  readonly expiresAtMs: number
}

/**
 * Begins an authorization code flow with PKCE. `redirectUri` is that of a listener on this machine (`openLoopback`), else the
 * provider's page that shows a code. Throws `invalid_request` where the settings name no endpoint or page.
 */
export async function startCodeFlow(
  account: OAuthAccount,
  options: { readonly redirectUri?: string } = {},
): Promise<CodeFlow> {
  const { settings } = account.server
  const redirectUri = options.redirectUri ?? settings.redirectUri
  if (settings.authorizationEndpoint === undefined) throw lacking('authorization_endpoint')
  if (redirectUri === undefined) throw lacking('redirect_uri')
  const [id, verifier] = [await randomSecret(), await randomSecret()]
  const url = await authorizationUrl(account.server, { redirectUri, state: id, verifier })
  const expiresAtMs = account.now() + FLOW_TTL_MS
  await storeFlow(account, { id, kind: 'code', expiresAtMs }, { verifier, redirectUri })
  return { id, url, redirectUri, expiresAtMs }
}

/**
 * Ends a code flow with what came back from the browser: `code`, `code#state`, or the redirect URL. `flowId` is the flow that was begun;
 * needed where the answer has no state, and checked where it has one. The code is used once, by one caller. Throws `invalid_request`
 * (no code, another state), `not_found` (no such flow), `permission_denied`, and what `toOAuthFailure` says.
 */
export async function completeCodeFlow(
  account: OAuthAccount,
  { pasted, flowId }: { readonly pasted: string; readonly flowId?: string | undefined },
): Promise<SignedIn> {
  const answer = readPastedAnswer(pasted)
  const id = stateOf(answer, flowId)
  openFlow(account, await getFlow(account.db, id, account.now()), 'code') // another account's stays untouched
  const flow = await takeFlow(account.db, id, account.now())
  if (flow === undefined) throw unknownFlow()
  const secrets = openFlow(account, flow, 'code')
  const request = { redirectUri: textOf(secrets.redirectUri), verifier: textOf(secrets.verifier), state: id }
  try {
    const url = redirectedTo(request.redirectUri, answer, id, account.server.settings)
    return await keepGrant(account, await exchangeCode(account.server, url, request))
  } catch (error) {
    // the code may still be good once the server can be reached
    if (error instanceof GatewayError && error.code === 'upstream_unreachable')
      await insertFlow(account.db, flow)
    throw error
  }
}

function stateOf({ state }: PastedAnswer, flowId: string | undefined): string {
  if (state === undefined && flowId === undefined) {
    throw new GatewayError(
      'invalid_request',
      'This code comes without a state, so name the sign-in that it belongs to.',
    )
  }
  if (state !== undefined && flowId !== undefined && state !== flowId) {
    throw new GatewayError(
      'invalid_request',
      'The state in this answer is not the one that this sign-in began with. It belongs to another, or somebody slipped it in.',
    )
  }
  return state ?? flowId ?? ''
}

/** The address as the server must have redirected to. Who answered is told only where it can be compared. */
function redirectedTo(
  redirectUri: string,
  answer: PastedAnswer,
  state: string,
  { issuer }: OAuthSettings,
): URL {
  const url = new URL(redirectUri)
  url.search = ''
  url.searchParams.set('code', answer.code)
  url.searchParams.set('state', state)
  if (issuer !== undefined && answer.issuer !== undefined) url.searchParams.set('iss', answer.issuer)
  return url
}

function lacking(name: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Signing in with a code needs ${name} in the account's oauth settings.`,
    {
      path: `oauth.${name}`,
    },
  )
}
