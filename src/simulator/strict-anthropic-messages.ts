import { isObject, type JsonObject, listOf, objectsOf, textOf } from './json.ts'
import { invalid, type Problem } from './problem.ts'
import { blocksOf } from './read-anthropic.ts'
import { isSealed } from './signature.ts'
import { checkThoughts } from './strict-anthropic-thoughts.ts'

const TOOL_USE_ID = /^[a-zA-Z0-9_-]+$/
const ROLES = ['user', 'assistant', 'system']

/** What Anthropic refuses in the messages of a request. `isNewVersion` tells that the version is 2026-10-21 or later. */
export function checkMessages(value: unknown, isNewVersion: boolean): Problem | undefined {
  if (value === undefined) return invalid('messages: Field required')
  if (listOf(value).length === 0) return invalid('messages: at least one message is required')
  const messages = objectsOf(value)
  for (const [index, message] of messages.entries()) {
    const path = `messages.${index}`
    const isLast = index === messages.length - 1
    const problem =
      checkMessage(message, path) ?? checkPlace(messages, index) ?? checkEmpty(message, path, isLast)
    if (problem) return problem
    for (const [position, block] of blocksOf(message.content).entries()) {
      const wrong = checkBlock(block, `${path}.content.${position}`, textOf(message.role), isNewVersion)
      if (wrong) return wrong
    }
  }
  return checkToolTurns(messages) ?? checkThoughts(messages)
}

function checkMessage(message: JsonObject, path: string): Problem | undefined {
  if (!ROLES.includes(textOf(message.role)))
    return invalid(`${path}.role: Input should be 'user' or 'assistant'`)
  const unknown = Object.keys(message).find((name) => !['role', 'content', 'output_config'].includes(name))
  if (unknown !== undefined) return invalid(`${path}.${unknown}: Extra inputs are not permitted`)
  if (message.content == null) return invalid(`${path}.content: Field required`)
  return undefined
}

// a system message in the middle stands after a user turn and before an assistant turn or the end
function checkPlace(messages: readonly JsonObject[], index: number): Problem | undefined {
  if (messages[index]?.role !== 'system') return undefined
  const next = messages[index + 1]?.role
  const isInPlace =
    index > 0 && messages[index - 1]?.role !== 'system' && (next === undefined || next === 'assistant')
  if (isInPlace) return undefined
  return invalid(`messages.${index}: a message with role "system" is not allowed at this position`)
}

function checkEmpty({ role, content }: JsonObject, path: string, isLast: boolean): Problem | undefined {
  const isEmpty = content === '' || (Array.isArray(content) && content.length === 0)
  if (isEmpty && !(isLast && role === 'assistant')) {
    return invalid(
      `${path}: all messages must have non-empty content except for the optional final assistant message`,
    )
  }
  const text = textOf(blocksOf(content).at(-1)?.text)
  if (isLast && role === 'assistant' && text !== text.trimEnd()) {
    return invalid('messages: final assistant content cannot end with trailing whitespace')
  }
  return undefined
}

function checkBlock(
  block: JsonObject,
  path: string,
  role: string,
  isNewVersion: boolean,
): Problem | undefined {
  switch (block.type) {
    case 'text':
      return checkText(block, path, role, isNewVersion)
    case 'thinking':
      if (role === 'assistant' && isSealed('thinking', textOf(block.thinking), block.signature))
        return undefined
      return invalid(`${path}: Invalid \`signature\` in \`thinking\` block`)
    case 'redacted_thinking':
      if (role === 'assistant' && isSealed('redacted-thinking', '', block.data)) return undefined
      return invalid(`${path}: Invalid \`data\` in \`redacted_thinking\` block`)
    case 'tool_use':
      return checkToolUse(block, path)
    case 'document':
      return role === 'assistant' && isNewVersion
        ? invalid(`${path}: document blocks are not allowed in assistant messages`)
        : undefined
    case 'image':
      return checkImage(block, path, role)
    case undefined:
      return invalid(`${path}.type: Field required`)
    case 'image_url':
    case 'input_text':
    case 'output_text':
    case 'function':
      return invalid(
        `${path}: Input tag '${block.type}' found using 'type' does not match any of the expected tags`,
      )
    default:
      return undefined // block types of server tools and betas
  }
}

function checkText(
  block: JsonObject,
  path: string,
  role: string,
  isNewVersion: boolean,
): Problem | undefined {
  if (typeof block.text !== 'string') return invalid(`${path}.text.text: Field required`)
  // a string as content is told apart from a block by the caller: an empty one never gets here
  if (block.text === '') {
    const isCached = isObject(block.cache_control)
    return invalid(
      isCached
        ? `${path}.text: cache_control cannot be set for empty text blocks`
        : 'messages: text content blocks must be non-empty',
    )
  }
  if (block.text.trim() === '')
    return invalid('messages: text content blocks must contain non-whitespace text')
  if (isNewVersion && role === 'user' && listOf(block.citations).length > 0) {
    return invalid(`${path}.text.citations: Extra inputs are not permitted`)
  }
  return undefined
}

function checkToolUse(block: JsonObject, path: string): Problem | undefined {
  if (!TOOL_USE_ID.test(textOf(block.id)))
    return invalid(`${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`)
  if (textOf(block.name) === '') return invalid(`${path}.tool_use.name: Field required`)
  return isObject(block.input)
    ? undefined
    : invalid(`${path}.tool_use.input: Input should be a valid dictionary`)
}

function checkImage({ source }: JsonObject, path: string, role: string): Problem | undefined {
  if (role !== 'user') return invalid(`${path}: image blocks are only allowed in user messages`)
  if (!isObject(source)) return invalid(`${path}.image.source: Field required`)
  const allowed = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']
  if (source.type !== 'base64' || allowed.includes(textOf(source.media_type))) return undefined
  const list = allowed.map((name) => `'${name}'`).join(', ')
  return invalid(`${path}.image.source.base64.media_type: Input should be ${list}`)
}

function checkToolTurns(messages: readonly JsonObject[]): Problem | undefined {
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message.content)
    const earlier = blocksOf(messages[index - 1]?.content)
    const later = blocksOf(messages[index + 1]?.content)
    const problem =
      checkResults(blocks, idsOf(earlier, 'tool_use', 'id'), `messages.${index}`) ??
      checkAnswered(
        idsOf(blocks, 'tool_use', 'id'),
        idsOf(later, 'tool_result', 'tool_use_id'),
        `messages.${index}`,
      )
    if (problem) return problem
  }
  return undefined
}

function idsOf(blocks: readonly JsonObject[], type: string, name: string): string[] {
  return blocks.filter((block) => block.type === type).map((block) => textOf(block[name]))
}

function checkResults(
  blocks: readonly JsonObject[],
  calls: readonly string[],
  path: string,
): Problem | undefined {
  const seen = new Set<string>()
  let hasOther = false
  for (const [position, block] of blocks.entries()) {
    if (block.type !== 'tool_result') {
      hasOther = true
      continue
    }
    const id = textOf(block.tool_use_id)
    if (!calls.includes(id)) {
      return invalid(
        `${path}.content.${position}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    }
    if (seen.has(id))
      return invalid(
        `${path}.content.${position}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
      )
    if (hasOther)
      return invalid(`${path}: \`tool_result\` blocks must come before other content in the message.`)
    seen.add(id)
  }
  return undefined
}

function checkAnswered(
  calls: readonly string[],
  results: readonly string[],
  path: string,
): Problem | undefined {
  if (new Set(calls).size < calls.length) return invalid(`${path}: \`tool_use\` ids must be unique`)
  const open = calls.filter((id) => !results.includes(id))
  if (open.length === 0) return undefined
  return invalid(
    `${path}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}
