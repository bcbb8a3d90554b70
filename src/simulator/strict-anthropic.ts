import type { Call } from './dialect.ts'
import { isObject, type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { invalid, type Problem } from './problem.ts'
import { blocksOf } from './read-anthropic.ts'
import { checkMessages } from './strict-anthropic-messages.ts'

const PARAMETERS =
  `model messages cache_control output_config speed system thinking tool_choice tools user_profile_id
  workspace_id`.split(/\s+/)
const CREATE_PARAMETERS =
  `max_tokens container diagnostics inference_geo metadata service_tier stop_sequences stream
  temperature top_p top_k`.split(/\s+/)
const BETA_PARAMETERS = `billing_policy compaction context_management mcp_servers output_format`.split(/\s+/)
const BETA_CREATE_PARAMETERS = `fallback_credit_token fallbacks thread`.split(/\s+/)

const SAMPLING = ['temperature', 'top_p', 'top_k'] as const
const VERSIONS = ['2023-01-01', '2023-06-01', '2026-10-21']
const VERSION_WITHOUT_SAMPLING = '2026-10-21'
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/
const MIN_BUDGET_TOKENS = 1024
const MAX_BREAKPOINTS = 4

/** What Anthropic refuses in a Messages or count_tokens request, as far as a gateway could get it wrong. */
export function checkAnthropic(body: JsonObject, call: Call): Problem | undefined {
  return (
    checkVersion(call) ??
    checkKnown(body, call) ??
    checkSampling(body, call) ??
    checkSettings(body, call) ??
    checkTools(body) ??
    checkThinking(body) ??
    checkSystem(body.system) ??
    checkMessages(body.messages, call.headers['anthropic-version'] === VERSION_WITHOUT_SAMPLING) ??
    checkBreakpoints(body)
  )
}

function checkVersion({ headers }: Call): Problem | undefined {
  const version = headers['anthropic-version']
  if (version === undefined) return invalid('anthropic-version: header is required')
  if (VERSIONS.includes(version)) return undefined
  return invalid(`anthropic-version: "${version}" is not a valid version`)
}

function checkKnown(body: JsonObject, { headers, isCountingTokens }: Call): Problem | undefined {
  const hasBeta = headers['anthropic-beta'] !== undefined
  const known = [
    ...PARAMETERS,
    ...(isCountingTokens ? [] : CREATE_PARAMETERS),
    ...(hasBeta ? BETA_PARAMETERS : []),
    ...(hasBeta && !isCountingTokens ? BETA_CREATE_PARAMETERS : []),
  ]
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  return unknown === undefined ? undefined : extra(unknown)
}

function checkSampling(body: JsonObject, { headers }: Call): Problem | undefined {
  const sent = SAMPLING.find((name) => body[name] !== undefined)
  if (sent === undefined) return undefined
  if (headers['anthropic-version'] === VERSION_WITHOUT_SAMPLING) return extra(sent)
  const temperature = numberOf(body.temperature) ?? 0
  if (temperature < 0 || temperature > 1) return invalid('temperature: range: 0..1')
  const isThinking = objectOf(body.thinking).type === 'enabled'
  if (isThinking && body.temperature !== undefined && temperature !== 1) {
    return invalid('`temperature` may only be set to 1 when thinking is enabled.')
  }
  return isThinking && body.top_k !== undefined
    ? invalid('`top_k` must be unset when thinking is enabled.')
    : undefined
}

function checkSettings(body: JsonObject, { isCountingTokens }: Call): Problem | undefined {
  if (!isCountingTokens) {
    if (body.max_tokens === undefined) return required('max_tokens')
    if (!Number.isInteger(body.max_tokens)) return invalid('max_tokens: Input should be a valid integer')
    if (Number(body.max_tokens) < 0) return invalid('max_tokens: must be greater than or equal to 0')
  }
  const label = Object.keys(objectOf(body.metadata)).find((name) => name !== 'user_id')
  if (label !== undefined) return extra(`metadata.${label}`)
  if (listOf(body.stop_sequences).some((text) => textOf(text).trim() === '')) {
    return invalid('stop_sequences: each stop sequence must contain non-whitespace')
  }
  return checkOutputConfig(objectOf(body.output_config))
}

function checkOutputConfig(config: JsonObject): Problem | undefined {
  const unknown = Object.keys(config).find((name) => !['effort', 'format', 'task_budget'].includes(name))
  if (unknown !== undefined) return extra(`output_config.${unknown}`)
  if (!isObject(config.format)) return undefined
  const isOpen =
    objectOf(config.format.schema).type === 'object' &&
    objectOf(config.format.schema).additionalProperties !== false
  if (!isOpen) return undefined
  return invalid(
    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  )
}

function checkTools(body: JsonObject): Problem | undefined {
  const tools = objectsOf(body.tools)
  for (const [index, tool] of tools.entries()) {
    const isCustom = tool.type === undefined || tool.type === null || tool.type === 'custom'
    const problem = isCustom ? checkCustomTool(tool, `tools.${index}.custom`) : undefined
    if (problem) return problem
  }
  const names = tools.map((tool) => tool.name).filter((name) => name !== undefined)
  if (new Set(names).size < names.length) return invalid('tools: Tool names must be unique.')
  return checkToolChoice(body, names)
}

function checkCustomTool(tool: JsonObject, path: string): Problem | undefined {
  if (tool.name === undefined) return required(`${path}.name`)
  if (!TOOL_NAME.test(textOf(tool.name)))
    return invalid(`${path}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
  const schema = tool.input_schema
  if (!isObject(schema)) return required(`${path}.input_schema`)
  if (schema.type === undefined) return required(`${path}.input_schema.type`)
  if (schema.type !== 'object') return invalid(`${path}.input_schema.type: Input should be 'object'`)
  const wrong = ['oneOf', 'allOf', 'anyOf'].find((keyword) => keyword in schema)
  if (wrong === undefined) return undefined
  return invalid(
    `${path}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
  )
}

function checkToolChoice(body: JsonObject, names: readonly unknown[]): Problem | undefined {
  if (body.tool_choice == null) return undefined
  if (!isObject(body.tool_choice))
    return invalid('tool_choice: Input should be a valid dictionary or object to extract fields from')
  const { type, name } = body.tool_choice
  if (!['auto', 'any', 'tool', 'none'].includes(textOf(type))) {
    return invalid(
      `tool_choice: Input tag '${String(type)}' found using 'type' does not match any of the expected tags`,
    )
  }
  if (type === 'none' && 'disable_parallel_tool_use' in body.tool_choice)
    return extra('tool_choice.none.disable_parallel_tool_use')
  if (type !== 'none' && names.length === 0)
    return invalid('tool_choice may only be specified while providing tools.')
  if (type === 'tool' && !names.includes(name))
    return invalid(`Tool '${String(name)}' not found in provided tools`)
  return undefined
}

function checkThinking(body: JsonObject): Problem | undefined {
  const thinking = objectOf(body.thinking)
  if (body.thinking === undefined) return undefined
  if (!['enabled', 'disabled', 'adaptive', 'between_tools'].includes(textOf(thinking.type))) {
    return invalid(
      `thinking: Input tag '${String(thinking.type)}' found using 'type' does not match any of the expected tags`,
    )
  }
  if (thinking.type !== 'enabled') return undefined
  const budget = numberOf(thinking.budget_tokens)
  if (budget === undefined) return required('thinking.enabled.budget_tokens')
  if (budget < MIN_BUDGET_TOKENS)
    return invalid('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  if (body.max_tokens !== undefined && Number(body.max_tokens) <= budget) {
    return invalid('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
  const choice = textOf(objectOf(body.tool_choice).type)
  if (choice === 'any' || choice === 'tool')
    return invalid('Thinking may not be enabled when tool_choice forces tool use.')
  return undefined
}

function checkSystem(system: unknown): Problem | undefined {
  if (system === undefined || typeof system === 'string') return undefined
  const wrong = blocksOf(system).findIndex((block) => block.type !== 'text')
  if (wrong >= 0) return invalid(`system.${wrong}.type: Input should be 'text'`)
  const empty = blocksOf(system).some((block) => textOf(block.text) === '')
  return empty ? invalid('system: text content blocks must be non-empty') : undefined
}

function checkBreakpoints(body: JsonObject): Problem | undefined {
  const messages = objectsOf(body.messages).flatMap((message) => blocksOf(message.content))
  const inner = messages.flatMap((block) => (block.type === 'tool_result' ? blocksOf(block.content) : []))
  const all = [body, ...objectsOf(body.tools), ...blocksOf(body.system), ...messages, ...inner]
  const count = all.filter((block) => isObject(block.cache_control)).length
  if (count <= MAX_BREAKPOINTS) return undefined
  return invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${count}.`)
}

function required(path: string): Problem {
  return invalid(`${path}: Field required`)
}

function extra(path: string): Problem {
  return invalid(`${path}: Extra inputs are not permitted`)
}
