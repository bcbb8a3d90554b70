import type { TokenCounter } from '../dialect.ts'
import { pickFields, readInputTokens } from '../token-count.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

/** What a count takes of a request; how the answer is made does not matter to it. */
const COUNTED: readonly string[] = [
  'model',
  'system',
  'tools',
  'tool_choice',
  'messages',
  'thinking',
  'output_config',
  'cache_control',
]

/** @see https://docs.anthropic.com/en/api/messages-count-tokens */
export const counter: TokenCounter = {
  resultPath: 'input_tokens',
  decodeRequest,
  encodeAnswer: ({ inputTokens }) => ({ input_tokens: inputTokens }),
  encodeRequest: (request, target) => pickFields(encodeRequest(request, target), COUNTED),
  decodeAnswer: readInputTokens,
}
