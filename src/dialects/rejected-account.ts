import { GatewayError } from '../core/errors.ts'

/**
 * An upstream refuses the operator's account: its key, its rights or its bill. The words are ours, since the provider's may quote the
 * key, and blame a client that can do nothing about it.
 */
export function rejectedAccount(upstreamStatus: number): GatewayError {
  const message =
    upstreamStatus === 402
      ? 'The provider wants to be paid first by the account that this gateway is configured with. Its operator has to settle that.'
      : 'The provider rejected the credential that this gateway is configured with. Its operator has to replace it.'
  return new GatewayError('upstream_credentials_rejected', message, { upstreamStatus })
}
