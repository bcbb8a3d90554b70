import type { TokenCounter } from '../dialect.ts'
import { pickFields, readInputTokens } from '../token-count.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

/** What a count takes of a request; how the answer is made does not matter to it. */
const COUNTED: readonly string[] = [
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
]

/** @see https://platform.openai.com/docs/api-reference/responses/input-tokens */
export const counter: TokenCounter = {
  resultPath: 'input_tokens',
  decodeRequest,
  encodeAnswer: ({ inputTokens }) => ({ object: 'response.input_tokens', input_tokens: inputTokens }),
  encodeRequest: (request, target) => pickFields(encodeRequest(request, target), COUNTED),
  decodeAnswer: readInputTokens,
}
