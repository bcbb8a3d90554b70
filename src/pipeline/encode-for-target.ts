import { GatewayError } from '../core/errors.ts'
import type { UpstreamConverter, UpstreamDialect } from '../dialects/dialect.ts'
import { emulateForcedTool } from '../dialects/forced-tool.ts'
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
  const written = encodeWith(converter, request, target)
  const isChat = dialect.id === 'openai-chat'
  const encoded = isChat ? honourQuirks(written, request, target.account.provider) : written
  return { dialect, converter, encoded }
}

/** Encodes for the target's model, whatever of it is encoded; what had to be emulated is in `dropped`, too. Throws as the encoder does. */
export function encodeWith(
  encoder: Pick<UpstreamConverter, 'encodeRequest'>,
  asked: ChatRequest,
  target: Target,
): EncodedRequest {
  const { model } = asked
  const { request, capabilities, dropped } = emulateForcedTool(asked, targetCapabilities(model, target))
  const encoded = encoder.encodeRequest(request, { model, capabilities })
  return dropped.length === 0 ? encoded : { ...encoded, dropped: [...dropped, ...encoded.dropped] }
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
