import { GatewayError } from '../core/errors.ts'
import type { Admission } from '../limits/sliding-window.ts'
import type { Headers } from '../wire/headers.ts'
import type { ClientCall } from './client-call.ts'
import type { Gateway } from './gateway.ts'

/**
 * Counts the request against its key's quota. Returns the headers that tell the client what is left; throws `quota_exceeded`, with
 * the time to wait, where nothing is.
 */
export function admit(gateway: Gateway, { key, endpoint, exchange }: ClientCall): Headers {
  if (!endpoint.isCounted || key.quotaPerHour === null) return {}
  const admission = gateway.quota.admit(key.id, key.quotaPerHour, gateway.now())
  exchange.quota = admission
  if (admission.isAdmitted) return quotaHeaders(admission)
  gateway.metrics.quotaRefused('requests')
  const message = `The quota of ${admission.limit} requests per hour is used up. Try again in ${Math.ceil(admission.retryAfterMs / 1000)} s.`
  throw new GatewayError('quota_exceeded', message, { retryAfterMs: admission.retryAfterMs })
}

/** `x-ratelimit-reset` is a UNIX time in seconds. */
export function quotaHeaders({ limit, remaining, resetAtMs }: Admission): Headers {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(resetAtMs / 1000)),
  }
}
