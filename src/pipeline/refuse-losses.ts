import { GatewayError } from '../core/errors.ts'
import type { Dropped } from '../ir/response.ts'
import type { Target } from '../routing/plan.ts'
import type { ClientCall } from './client-call.ts'

/**
 * Throws `unsupported_parameter` where something would be lost in a conversion and somebody has forbidden that: the request, its key or
 * the route that it took. Each can only forbid: a request does not loosen what its key demands.
 */
export function refuseLosses(call: ClientCall, target: Target, dropped: readonly Dropped[]): void {
  const first = dropped.find(({ isHarmless }) => isHarmless !== true)
  if (first === undefined) return
  const strict = whoIsStrict(call, target)
  if (strict === undefined) return
  const message = `"${first.path}" would be ${first.action} (${first.reason}), and ${strict} strict conversion.`
  throw new GatewayError('unsupported_parameter', message, { path: first.path })
}

function whoIsStrict({ headers, key }: ClientCall, { route }: Target): string | undefined {
  if (key.strict) return `the key "${key.label}" demands`
  if (route?.isStrict === true) return `the route "${route.name ?? route.sourceModel}" demands`
  return headers['x-gateway-strict'] === 'true' ? 'the request asks for' : undefined
}
