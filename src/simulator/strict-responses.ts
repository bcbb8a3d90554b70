import type { Call } from './dialect.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { invalid, type Problem } from './problem.ts'
import { itemsOf } from './read-responses.ts'
import { readMinted, sealNumber } from './reply.ts'
import { isSealed, numberOfSeal } from './signature.ts'
import { checkKnown, checkToolName, missing } from './strict-chat.ts'

const PARAMETERS: ReadonlySet<string> = new Set(
  `access_programs background client_metadata context_management conversation image include input instructions
  max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt
  prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream
  stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
)

const COUNT_PARAMETERS: ReadonlySet<string> = new Set(
  `conversation input instructions model parallel_tool_calls personality previous_response_id reasoning text
  tool_choice tools truncation`.split(/\s+/),
)

const ID_PREFIXES: Readonly<Record<string, string>> = {
  function_call: 'fc',
  reasoning: 'rs',
  custom_tool_call: 'ctc',
}
const INPUT_PARTS = ['input_text', 'input_image', 'input_file', 'input_audio']
const OUTPUT_PARTS = ['output_text', 'refusal']
const MIN_OUTPUT_TOKENS = 16

/** What OpenAI refuses in a Responses request, as far as a gateway could get it wrong. */
export function checkResponses(body: JsonObject, { isCountingTokens }: Call): Problem | undefined {
  const items = itemsOf(body.input)
  return (
    checkKnown(body, isCountingTokens ? COUNT_PARAMETERS : PARAMETERS) ??
    checkSettings(body) ??
    checkTools(body) ??
    first(items, checkItem) ??
    checkCalls(items) ??
    first(items, (item, path, index) => checkReasoning(item, path, items[index + 1]))
  )
}

function first<T>(
  list: readonly T[],
  check: (item: T, path: string, index: number) => Problem | undefined,
): Problem | undefined {
  for (const [index, item] of list.entries()) {
    const problem = check(item, `input[${index}]`, index)
    if (problem) return problem
  }
  return undefined
}

function checkSettings(body: JsonObject): Problem | undefined {
  const max = numberOf(body.max_output_tokens)
  if (max !== undefined && max < MIN_OUTPUT_TOKENS) {
    const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${max} instead.`
    return invalid(message, 'max_output_tokens', 'integer_below_min_value')
  }
  if (body.input === undefined && body.prompt === undefined && body.previous_response_id === undefined)
    return missing('input')
  const format = objectOf(objectOf(body.text).format)
  if (format.type === 'json_schema' && format.name === undefined) return missing('text.format.name')
  return undefined
}

function checkTools(body: JsonObject): Problem | undefined {
  for (const [index, tool] of objectsOf(body.tools).entries()) {
    const path = `tools[${index}]`
    if (tool.type === undefined) return missing(`${path}.type`)
    const isNamed = tool.type === 'function' || tool.type === 'custom'
    const problem = isNamed ? checkToolName(tool.name, `${path}.name`) : undefined
    if (problem) return problem
  }
  return undefined
}

function checkItem(item: JsonObject, path: string): Problem | undefined {
  const type = textOf(item.type) || 'message'
  const prefix = ID_PREFIXES[type]
  const id = textOf(item.id)
  if (prefix !== undefined && id !== '' && !id.startsWith(`${prefix}_`)) {
    const message = `Invalid '${path}.id': '${id}'. Expected an ID that begins with '${prefix}'.`
    return invalid(message, `${path}.id`, 'invalid_value')
  }
  return type === 'message' ? checkMessage(item, path) : undefined
}

function checkMessage(item: JsonObject, path: string): Problem | undefined {
  if (!['user', 'assistant', 'system', 'developer'].includes(textOf(item.role))) {
    const message = `Invalid value: '${String(item.role)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`
    return invalid(message, `${path}.role`, 'invalid_value')
  }
  if (item.content == null) return missing(`${path}.content`)
  const allowed = item.role === 'assistant' ? OUTPUT_PARTS : INPUT_PARTS
  const index = objectsOf(item.content).findIndex((part) => !allowed.includes(textOf(part.type)))
  if (index < 0) return undefined
  const found = textOf(objectsOf(item.content)[index]?.type)
  const supported = allowed.map((name) => `'${name}'`).join(', ')
  const message = `Invalid value: '${found}'. Supported values are: ${supported}.`
  return invalid(message, `${path}.content[${index}]`, 'invalid_value')
}

function checkCalls(items: readonly JsonObject[]): Problem | undefined {
  const open = new Map<string, string>()
  for (const item of items) {
    const type = textOf(item.type)
    const id = textOf(item.call_id)
    if (type === 'function_call' || type === 'custom_tool_call') {
      if (id === '') return missing('input.call_id')
      if (type === 'function_call' && typeof item.arguments !== 'string') return missing('input.arguments')
      open.set(id, NOUN[type])
    }
    if (type !== 'function_call_output' && type !== 'custom_tool_call_output') continue
    if (item.output == null) return missing('input.output')
    if (!open.has(id))
      return invalid(`No tool call found for ${OUTPUT_NOUN[type]} with call_id ${id}.`, 'input')
    open.set(id, '')
  }
  const unanswered = [...open].find(([, noun]) => noun !== '')
  return unanswered && invalid(`No tool output found for ${unanswered[1]} ${unanswered[0]}.`, 'input')
}

const NOUN = { function_call: 'function call', custom_tool_call: 'custom tool call' } as const
const OUTPUT_NOUN = {
  function_call_output: 'function call output',
  custom_tool_call_output: 'custom tool call output',
} as const

// an item without an id may be any of those that were sealed
function isSealedFor(id: string, seal: unknown): boolean {
  if (!isSealed('encrypted-reasoning', '', seal)) return false
  const minted = readMinted('rs_', id)
  return minted === undefined || numberOfSeal(textOf(seal)) === sealNumber(minted.number, minted.index)
}

function checkReasoning(item: JsonObject, path: string, next: JsonObject | undefined): Problem | undefined {
  if (item.type !== 'reasoning') return undefined
  const seal = item.encrypted_content
  if (seal != null && !isSealedFor(textOf(item.id), seal)) {
    const message = `The encrypted content for item ${textOf(item.id) || path} could not be verified.`
    return invalid(message, undefined, 'invalid_encrypted_content')
  }
  const isFollowed =
    next !== undefined && (next.role === 'assistant' || /^(reasoning|.*_call)$/.test(textOf(next.type)))
  if (!isFollowed)
    return invalid(
      `Item '${textOf(item.id)}' of type 'reasoning' was provided without its required following item.`,
      'input',
    )
  // without its content it is looked up, and only our own are there
  const id = textOf(item.id)
  if (seal != null || id === '' || readMinted('rs_', id) !== undefined) return undefined
  return invalid(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`,
    'input',
  )
}
