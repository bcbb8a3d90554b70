import { z } from 'zod'
import { GatewayError } from '../core/errors.ts'
import type { OAuthSettings } from './oauth-settings.ts'
import { PRESETS } from './presets.ts'

const endpoint = z.url({ protocol: /^https?$/ }).refine(isSafe, {
  error: 'must be https, or http on this machine',
})

/** Overrides as they are written in an account's `oauth` settings. */
const Overrides = z
  .strictObject({
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    device_authorization_endpoint: endpoint,
    issuer: endpoint,
    client_id: z.string().trim().min(1),
    scopes: z.array(z.string().trim().min(1)),
    redirect_uri: endpoint,
    loopback_host: z.enum(['localhost', '127.0.0.1', '[::1]']),
    loopback_path: z.string().startsWith('/'),
    authorization_parameters: z.record(z.string(), z.string()),
    token_request_format: z.enum(['form', 'json']),
    sends_state: z.boolean(),
    list_headers: z.record(z.string().toLowerCase(), z.string()),
  })
  .partial()

/**
 * The sign-in of a provider (`anthropic`, `qwen`) with an account's `oauth` settings on top; a provider without a preset needs at least
 * `token_endpoint`, `client_id` and the endpoint of one flow. Throws `invalid_request` with the path at fault.
 */
export function readOAuthSettings(
  provider: string,
  overrides: Readonly<Record<string, unknown>> = {},
): OAuthSettings {
  const parsed = Overrides.safeParse(overrides)
  if (!parsed.success) throw invalid(parsed.error.issues[0])
  const given = parsed.data
  const preset = PRESETS[provider]
  const tokenEndpoint = given.token_endpoint ?? preset?.tokenEndpoint
  const clientId = given.client_id ?? preset?.clientId
  if (tokenEndpoint === undefined) throw missing(provider, 'token_endpoint')
  if (clientId === undefined) throw missing(provider, 'client_id')
  return {
    authorizationEndpoint: given.authorization_endpoint ?? preset?.authorizationEndpoint,
    tokenEndpoint,
    deviceAuthorizationEndpoint: given.device_authorization_endpoint ?? preset?.deviceAuthorizationEndpoint,
    issuer: given.issuer ?? preset?.issuer,
    clientId,
    scopes: given.scopes ?? preset?.scopes ?? [],
    redirectUri: given.redirect_uri ?? preset?.redirectUri,
    loopbackHost: given.loopback_host ?? preset?.loopbackHost ?? '127.0.0.1',
    loopbackPath: given.loopback_path ?? preset?.loopbackPath ?? '/callback',
    authorizationParameters: given.authorization_parameters ?? preset?.authorizationParameters ?? {},
    tokenRequestFormat: given.token_request_format ?? preset?.tokenRequestFormat ?? 'form',
    sendsState: given.sends_state ?? preset?.sendsState ?? false,
    listHeaders: given.list_headers ?? preset?.listHeaders ?? {},
  }
}

/** Tokens never travel in the clear but on this machine. */
function isSafe(written: string): boolean {
  const url = URL.parse(written)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}

function missing(provider: string, name: string): GatewayError {
  const message = `There is no preset for signing in to "${provider}", so its oauth settings need ${name}.`
  return new GatewayError('invalid_request', message, { path: `oauth.${name}` })
}

function invalid(issue: z.core.$ZodIssue | undefined): GatewayError {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const path = ['oauth', ...(issue?.path ?? []), ...unknown].join('.')
  return new GatewayError('invalid_request', `${path}: ${issue?.message ?? 'is not valid'}`, { path })
}
