import type { Call } from './dialect.ts'
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from './json.ts'
import { showsReasoningInChat } from './models.ts'
import { invalid, type Problem } from './problem.ts'
import { contentText } from './read-chat.ts'

const PARAMETERS: ReadonlySet<string> = new Set(
  `messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
  metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
  prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
  stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(
    /\s+/,
  ),
)

const COMPLETIONS_PARAMETERS: ReadonlySet<string> = new Set(
  `model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream
  stream_options suffix temperature top_p user`.split(/\s+/),
)

const MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content', 'name'],
  developer: ['role', 'content', 'name'],
  user: ['role', 'content', 'name'],
  // annotations come back from clients that append an answer as it was, which the API allows
  assistant: ['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'function_call', 'annotations'],
  tool: ['role', 'content', 'tool_call_id'],
  function: ['role', 'content', 'name'],
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const MAX_STOP_SEQUENCES = 4

/** What OpenAI refuses in a Chat Completions request, as far as a gateway could get it wrong. */
export function checkChat(body: JsonObject, { model }: Call): Problem | undefined {
  const isOpenAi = !showsReasoningInChat(model)
  return (
    (isOpenAi ? checkKnown(body, PARAMETERS) : undefined) ??
    checkSettings(body) ??
    checkTools(body) ??
    checkMessages(objectsOf(body.messages), isOpenAi) ??
    checkToolMessages(objectsOf(body.messages)) ??
    checkJsonMode(body)
  )
}

/** What OpenAI refuses in a legacy Completions request. */
export function checkCompletions(body: JsonObject): Problem | undefined {
  if (body.prompt === undefined) return missing('prompt')
  return checkKnown(body, COMPLETIONS_PARAMETERS)
}

/** A problem where an OpenAI request has a parameter that its API does not know. */
export function checkKnown(body: JsonObject, known: ReadonlySet<string>): Problem | undefined {
  const unknown = Object.keys(body).find((name) => !known.has(name))
  return unknown === undefined ? undefined : unknownParameter(unknown)
}

/** A problem in the names of OpenAI function tools; `path` leads to the list. */
export function checkToolName(name: unknown, path: string): Problem | undefined {
  if (name === undefined) return missing(path)
  if (NAME.test(textOf(name))) return undefined
  const message = `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
  return invalid(message, path, 'invalid_value')
}

export function missing(path: string): Problem {
  return invalid(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter')
}

export function unknownParameter(path: string): Problem {
  return invalid(`Unknown parameter: '${path}'.`, path, 'unknown_parameter')
}

function checkSettings(body: JsonObject): Problem | undefined {
  if (body.max_tokens != null && body.max_completion_tokens != null) {
    return invalid(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
    )
  }
  if (body.stream_options != null && body.stream !== true) {
    return invalid(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    )
  }
  if (listOf(body.stop).length > MAX_STOP_SEQUENCES) {
    return invalid(
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      'stop',
      'array_above_max_length',
    )
  }
  const temperature = Number(body.temperature ?? 1)
  if (temperature < 0 || temperature > 2) {
    return invalid(
      "Invalid 'temperature': expected a value between 0 and 2.",
      'temperature',
      'decimal_above_max_value',
    )
  }
  return undefined
}

function checkTools(body: JsonObject): Problem | undefined {
  const hasTools = listOf(body.tools).length > 0 || listOf(body.functions).length > 0
  for (const name of ['tool_choice', 'parallel_tool_calls']) {
    const isHarmless = name === 'tool_choice' && body[name] === 'none'
    if (body[name] != null && !hasTools && !isHarmless) {
      return invalid(
        `Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`,
        name,
      )
    }
  }
  for (const [index, tool] of objectsOf(body.tools).entries()) {
    const path = `tools[${index}]`
    if (tool.type !== 'function' && tool.type !== 'custom')
      return missingOrWrong(tool.type, `${path}.type`, "'function' and 'custom'")
    const problem = checkToolName(objectOf(tool[tool.type]).name, `${path}.${tool.type}.name`)
    if (problem) return problem
  }
  return undefined
}

function missingOrWrong(value: unknown, path: string, supported: string): Problem {
  if (value === undefined) return missing(path)
  return invalid(
    `Invalid value: ${JSON.stringify(value)}. Supported values are: ${supported}.`,
    path,
    'invalid_value',
  )
}

function checkMessages(messages: readonly JsonObject[], isOpenAi: boolean): Problem | undefined {
  if (messages.length === 0) return invalid("Invalid 'messages': empty array.", 'messages', 'empty_array')
  for (const [index, message] of messages.entries()) {
    const fields = MESSAGE_FIELDS[textOf(message.role)]
    const supported = "'system', 'assistant', 'user', 'function', 'tool', and 'developer'"
    if (!fields) return missingOrWrong(message.role, `messages[${index}].role`, supported)
    const unknown = Object.keys(message).find((name) => !fields.includes(name))
    if (unknown !== undefined && isOpenAi) return unknownParameter(`messages[${index}].${unknown}`)
    const problem = checkContent(message, `messages.[${index}].content`)
    if (problem) return problem
  }
  return undefined
}

function checkContent(message: JsonObject, path: string): Problem | undefined {
  const { role, content } = message
  const mayBeBare =
    role === 'assistant' &&
    (message.tool_calls ?? message.function_call ?? message.refusal ?? message.audio) != null
  if (content == null) {
    if (mayBeBare || role === 'function') return undefined
    return invalid("Invalid value for 'content': expected a string, got null.", path)
  }
  if (Array.isArray(content) && content.length === 0 && !mayBeBare)
    return invalid(`Invalid '${path}': empty array.`, path, 'empty_array')
  const allowed =
    role === 'user'
      ? ['text', 'image_url', 'input_audio', 'file']
      : role === 'assistant'
        ? ['text', 'refusal']
        : ['text']
  const wrong = objectsOf(content).find((part) => !allowed.includes(textOf(part.type)))
  if (!wrong) return undefined
  return invalid(
    `Invalid content type for role '${String(role)}': '${String(wrong.type)}'.`,
    path,
    'invalid_value',
  )
}

function checkToolMessages(messages: readonly JsonObject[]): Problem | undefined {
  let open = new Set<string>()
  for (const [index, message] of [...messages, {}].entries()) {
    const id = textOf((message as JsonObject).tool_call_id)
    if ((message as JsonObject).role === 'tool') {
      if (!open.delete(id)) return unexpectedResult(index)
      continue
    }
    if (open.size > 0) return unanswered(open, index)
    open = new Set(objectsOf((message as JsonObject).tool_calls).map((call) => textOf(call.id)))
  }
  return undefined
}

function unexpectedResult(index: number): Problem {
  const message =
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
  return invalid(message, `messages.[${index}].role`)
}

function unanswered(ids: ReadonlySet<string>, index: number): Problem {
  const list = [...ids].join(', ')
  const message = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${list}`
  return invalid(message, `messages.[${index}].role`)
}

function checkJsonMode(body: JsonObject): Problem | undefined {
  const format = body.response_format
  if (!isObject(format)) return undefined
  if (format.type === 'json_schema' && !NAME.test(textOf(objectOf(format.json_schema).name))) {
    return missing('response_format.json_schema.name')
  }
  if (format.type !== 'json_object') return undefined
  const text = objectsOf(body.messages)
    .map((message) => contentText(message.content))
    .join(' ')
  if (/json/i.test(text)) return undefined
  const message =
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
  return invalid(message, 'messages')
}
