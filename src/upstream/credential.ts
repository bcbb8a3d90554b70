import type { UpstreamRequest } from './connections.ts'

/** Proves to an upstream who calls, where that takes more than a fixed key in a header: a signature, or a token that expires. */
export interface Credential {
  /**
   * Headers that authorise this request and go on top of its own. A promise only where something must be fetched first. Rejects with
   * GatewayError: `upstream_credentials_rejected` where somebody has to act, `upstream_unreachable` and the like where time may help.
   */
  authorise(request: UpstreamRequest): AuthHeaders | Promise<AuthHeaders>
  /** After an upstream refused it (401): replaces what was refused. True where another try may help. */
  renew(): Promise<boolean>
  /** Everything in use that must not show in answers and logs. */
  secrets(): readonly string[]
}

export type AuthHeaders = Readonly<Record<string, string>>
