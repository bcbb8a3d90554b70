/** What a sealed record is bound to: changing these makes every stored record unreadable. */

/** An account's API key or cloud credentials. */
export function credentialIdentity(accountId: string): string {
  return `account:${accountId}:credential`
}

/** The tokens of an account that was signed in to. */
export function oauthTokenIdentity(accountId: string): string {
  return `account:${accountId}:oauth-token`
}

/** The secrets of a sign-in under way. */
export function oauthFlowIdentity(flowId: string): string {
  return `oauth-flow:${flowId}`
}
