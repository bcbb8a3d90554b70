import { GatewayError } from '../core/errors.ts'
import type { UpstreamConverter, UpstreamDialect } from '../dialects/dialect.ts'
import { UPSTREAM_DIALECTS } from '../dialects/index.ts'
import type { EncodedRequest } from '../ir/conversion.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { Target } from '../routing/plan.ts'
import { honourQuirks } from './honour-quirks.ts'
import { targetCapabilities } from './target-capabilities.ts'

/** A request in the format that its target is spoken to in. */
export interface TargetRequest {
  readonly dialect: UpstreamDialect
  readonly converter: UpstreamConverter
  readonly encoded: EncodedRequest
}

/**
 * Encodes a conversation into the first format that the target speaks. Throws `unsupported_parameter` for what the target cannot do and
 * may not ignore, `conversion_unavailable` where nothing can be converted into what it speaks.
 */
export function encodeForTarget(request: ChatRequest, target: Target): TargetRequest {
  const { dialect, converter } = upstreamDialect(target)
  const capabilities = targetCapabilities(request.model, target)
  const written = converter.encodeRequest(request, { model: request.model, capabilities })
  const isChat = dialect.id === 'openai-chat'
  const encoded = isChat ? honourQuirks(written, request, target.account.provider) : written
  return { dialect, converter, encoded }
}

/** The first dialect of the target that upstreams speak at all. */
function upstreamDialect({ account, dialects }: Target): {
  dialect: UpstreamDialect
  converter: UpstreamConverter
} {
  for (const id of dialects) {
    const dialect = UPSTREAM_DIALECTS[id]
    if (dialect.upstream !== undefined) return { dialect, converter: dialect.upstream }
  }
  const message = `${account.provider.title} speaks only ${dialects.join(', ')}, which nothing can be converted into.`
  throw new GatewayError('conversion_unavailable', message)
}
