import type { UpstreamDialect } from '../dialect.ts'
import { encodeRequest } from './encode-request.ts'
import { ID } from './id.ts'
import { decodeResponse, readAnswer } from './response.ts'
import { createStreamDecoder, IMPLIED_END } from './stream-decoder.ts'

/**
 * What Amazon Bedrock makes of every model that is not its maker's own API. Its streams are Amazon event streams; they come here as
 * server-sent events that are named by `:event-type`, and their exceptions not at all.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: UpstreamDialect = {
  id: ID,
  family: 'bedrock',
  upstream: { encodeRequest, decodeResponse, createStreamDecoder, impliedEnd: IMPLIED_END },
  readAnswer,
}
