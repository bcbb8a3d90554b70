import type { IncomingHttpHeaders } from 'node:http'
import type { DialectId } from '../core/dialect-id.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'

/** Top-level members that exist in Messages and not in Chat. */
const ANTHROPIC_MEMBERS = [
  'system',
  'stop_sequences',
  'thinking',
  'top_k',
  'output_config',
  'anthropic_version',
  'context_management',
  'mcp_servers',
]
const GEMINI_MEMBERS = [
  'contents',
  'generationConfig',
  'systemInstruction',
  'generation_config',
  'system_instruction',
]
const ANTHROPIC_PARTS = new Set([
  'tool_use',
  'tool_result',
  'thinking',
  'redacted_thinking',
  'document',
  'search_result',
  'image',
])

/**
 * The format of a body sent to a generic chat path. A body that is valid in several formats is Chat, which is what the path says,
 * unless an `anthropic-version` header says otherwise.
 */
export function detectDialect(body: JsonObject, headers: IncomingHttpHeaders): DialectId {
  if (GEMINI_MEMBERS.some((name) => name in body) && !('messages' in body)) return 'gemini'
  if (!('messages' in body)) {
    if ('input' in body) return 'openai-responses'
    return 'prompt' in body ? 'openai-completions' : 'openai-chat'
  }
  if (headers['anthropic-version'] !== undefined) return 'anthropic-messages'
  if (ANTHROPIC_MEMBERS.some((name) => name in body)) return 'anthropic-messages'
  if (hasAnthropicTools(body) || hasAnthropicParts(body)) return 'anthropic-messages'
  return 'openai-chat'
}

/** Chat wraps every tool in `function` or `custom`; Messages gives it a schema or a dated type of its own. */
function hasAnthropicTools(body: JsonObject): boolean {
  const choice = body.tool_choice
  if (isJsonObject(choice) && ['auto', 'any', 'tool', 'none'].includes(String(choice.type))) return true
  const { tools } = body
  return Array.isArray(tools) && tools.some((tool) => isJsonObject(tool) && 'input_schema' in tool)
}

function hasAnthropicParts(body: JsonObject): boolean {
  const { messages } = body
  if (!Array.isArray(messages)) return false
  return messages.some(
    (message) =>
      isJsonObject(message) && Array.isArray(message.content) && message.content.some(isAnthropicPart),
  )
}

function isAnthropicPart(part: unknown): boolean {
  if (!isJsonObject(part)) return false
  return 'cache_control' in part || ANTHROPIC_PARTS.has(String(part.type))
}
