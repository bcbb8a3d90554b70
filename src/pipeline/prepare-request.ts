import type { DialectId } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { Target } from '../routing/plan.ts'
import { blameNesting } from './blame-nesting.ts'
import type { ClientCall } from './client-call.ts'
import { convertEmbeddings, embeddingFamily } from './convert-embeddings.ts'
import { convertRequest } from './convert-request.ts'
import { type CountRequest, convertTokenCount, readCountRequest } from './convert-token-count.ts'
import type { Gateway } from './gateway.ts'
import type { ReadCall } from './read-call.ts'
import { refuseLosses } from './refuse-losses.ts'
import { createReshape } from './reshape.ts'
import { type BuiltRequest, buildUpstreamRequest } from './upstream-request.ts'

/** What is to be done at a target: send a request, or estimate a count that it cannot give, or turns out not to. */
export type Prepared =
  | { readonly request: BuiltRequest; readonly estimate?: CountRequest }
  | { readonly request?: undefined; readonly estimate: CountRequest }

/** Bytes as they came where the target speaks the client's format, else converted. Throws what strict clients do not put up with. */
export function prepareRequest(gateway: Gateway, call: ClientCall, read: ReadCall, target: Target): Prepared {
  try {
    return prepare(gateway, call, read, target)
  } catch (thrown) {
    throw withAdvice(blameNesting(thrown, 'invalid_request'), target)
  }
}

/** Whoever reads a refusal learns who could not do it, and what would help. */
function withAdvice(thrown: unknown, { account, model }: Target): unknown {
  if (!(thrown instanceof GatewayError) || thrown.code !== 'unsupported_parameter') return thrown
  const { message, path } = thrown
  const place = model === undefined ? account.provider.title : `"${model}" at ${account.provider.title}`
  const what = path === undefined ? 'that' : `"${path}"`
  const advice = `This was for ${place}. Change ${what} or leave it out, or name a model of a provider that takes it.`
  const options = { cause: thrown, ...(path !== undefined && { path }) }
  return new GatewayError('unsupported_parameter', `${message} ${advice}`, options)
}

function prepare(gateway: Gateway, call: ClientCall, read: ReadCall, target: Target): Prepared {
  const { countsTokensOf } = call.endpoint
  if (countsTokensOf !== undefined && !countsIn(target, countsTokensOf)) {
    const estimate = readCountRequest(call, read, target)
    const request = convertTokenCount(call, estimate, target)
    return request === undefined ? { estimate } : { request: accountFor(call, target, request), estimate }
  }
  const family = call.key.passthrough ? undefined : embeddingFamily(call.endpoint, target)
  if (family !== undefined)
    return { request: accountFor(call, target, convertEmbeddings(call, read, target, family)) }
  if (read.dialect === undefined || target.dialects.includes(read.dialect)) {
    const built = buildUpstreamRequest(call, read, target)
    const reshape = createReshape(gateway, call, read, target)
    return { request: accountFor(call, target, { ...built, reshape }) }
  }
  return { request: accountFor(call, target, convertRequest(gateway, call, read, target)) }
}

/** A platform that has a format's conversations at places of its own counts nothing in that format. */
function countsIn({ account, dialects }: Target, dialect: DialectId): boolean {
  return dialects.includes(dialect) && account.provider.conversationPaths?.[dialect] === undefined
}

function accountFor(call: ClientCall, target: Target, request: BuiltRequest): BuiltRequest {
  call.exchange.dropped = request.dropped
  refuseLosses(call, target, request.dropped)
  return request
}
