import type { Configuration, TokenEndpointResponse } from 'openid-client'
import { oauthErrorOf, toOAuthFailure } from './failure.ts'
import type { OAuthSettings } from './oauth-settings.ts'
import { adaptFetch, type TokenFetch } from './token-fetch.ts'
import type { TokenGrant } from './token-set.ts'

/** Shorter than a refresh lease: whoever holds one hears of the end before somebody else tries. */
const TIMEOUT_SECONDS = 15

/** An authorization server, and how to reach it. */
export interface AuthorizationServer {
  readonly settings: OAuthSettings
  readonly fetch: TokenFetch
}

export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly state: string
  readonly verifier: string
}

export interface DeviceAuthorization {
  readonly deviceCode: string
  /** What people type in. */
  readonly userCode: string
  readonly verificationUri: string
  /** The same with the code in it, where the server has such a page. */
  readonly verificationUriComplete: string | undefined
  readonly expiresInMs: number
  readonly intervalMs: number
}

/** Loaded by those who use it: accounts that sign in. */
const library = () => import('openid-client')

/** 256 random bits, for a `state` or a PKCE verifier. */
export async function randomSecret(): Promise<string> {
  return (await library()).randomPKCECodeVerifier()
}

/** Where the browser goes to sign in. */
export async function authorizationUrl(
  server: AuthorizationServer,
  { redirectUri, state, verifier }: AuthorizationRequest,
): Promise<string> {
  const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library()
  const { scopes, authorizationParameters } = server.settings
  const url = buildAuthorizationUrl(await configure(server), {
    ...authorizationParameters,
    redirect_uri: redirectUri,
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
  })
  return url.href
}

/** Trades the code in `answer`, the redirect URI with what the server added, for tokens. Throws like `toOAuthFailure` says. */
export async function exchangeCode(
  server: AuthorizationServer,
  answer: URL,
  { state, verifier }: AuthorizationRequest,
): Promise<TokenGrant> {
  const code = answer.searchParams.get('code') ?? undefined
  return await asking([code, verifier], async () => {
    const { authorizationCodeGrant } = await library()
    const checks = { expectedState: state, pkceCodeVerifier: verifier }
    const parameters: Record<string, string> = server.settings.sendsState ? { state } : {}
    return toGrant(await authorizationCodeGrant(await configure(server), answer, checks, parameters))
  })
}

/** New tokens for a refresh token, which may be used up by that. Throws like `toOAuthFailure` says. */
export async function refresh(server: AuthorizationServer, refreshToken: string): Promise<TokenGrant> {
  return await asking([refreshToken], async () => {
    const { refreshTokenGrant } = await library()
    return toGrant(await refreshTokenGrant(await configure(server), refreshToken))
  })
}

/** Begins a device flow. The challenge is an addition of some servers; others ignore it. */
export async function authorizeDevice(
  server: AuthorizationServer,
  verifier: string,
): Promise<DeviceAuthorization> {
  return await asking([verifier], async () => {
    const { calculatePKCECodeChallenge, initiateDeviceAuthorization } = await library()
    const { scopes } = server.settings
    const answer = await initiateDeviceAuthorization(await configure(server), {
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    })
    return {
      deviceCode: answer.device_code,
      userCode: answer.user_code,
      verificationUri: answer.verification_uri,
      verificationUriComplete: answer.verification_uri_complete,
      expiresInMs: answer.expires_in * 1000,
      intervalMs: (answer.interval ?? 5) * 1000,
    }
  })
}

/** Asks once whether somebody has agreed by now. Throws like `toOAuthFailure` says. */
export async function askForDevice(
  server: AuthorizationServer,
  device: { readonly deviceCode: string; readonly verifier: string },
): Promise<TokenGrant | 'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token'> {
  try {
    const { genericGrantRequest } = await library()
    const parameters = { device_code: device.deviceCode, code_verifier: device.verifier }
    const type = 'urn:ietf:params:oauth:grant-type:device_code'
    return toGrant(await genericGrantRequest(await configure(server), type, parameters))
  } catch (thrown) {
    const error = oauthErrorOf(thrown)
    switch (error) {
      case 'authorization_pending':
      case 'slow_down':
      case 'access_denied':
      case 'expired_token':
        return error
      default:
        throw toOAuthFailure(thrown, [device.deviceCode, device.verifier])
    }
  }
}

async function configure({ settings, fetch }: AuthorizationServer): Promise<Configuration> {
  const client = await library()
  const { tokenEndpoint, authorizationEndpoint, deviceAuthorizationEndpoint } = settings
  const metadata = {
    issuer: settings.issuer ?? new URL(tokenEndpoint).origin,
    token_endpoint: tokenEndpoint,
    ...(authorizationEndpoint === undefined ? {} : { authorization_endpoint: authorizationEndpoint }),
    ...(deviceAuthorizationEndpoint === undefined
      ? {}
      : { device_authorization_endpoint: deviceAuthorizationEndpoint }),
  }
  const configuration = new client.Configuration(metadata, settings.clientId, undefined, client.None())
  configuration.timeout = TIMEOUT_SECONDS
  configuration[client.customFetch] = adaptFetch(fetch, settings)
  // the settings allow http for this machine only
  client.allowInsecureRequests(configuration)
  return configuration
}

async function asking<Result>(
  secrets: readonly (string | undefined)[],
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask()
  } catch (thrown) {
    throw toOAuthFailure(thrown, secrets)
  }
}

function toGrant(answer: TokenEndpointResponse): TokenGrant {
  const { access_token, refresh_token, expires_in, resource_url: resourceUrl } = answer
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    expiresInMs: expires_in === undefined ? undefined : expires_in * 1000,
    resourceUrl: typeof resourceUrl === 'string' ? resourceUrl : undefined,
  }
}
