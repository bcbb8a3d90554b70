import { isJsonObject, type JsonObject } from '../../core/json.ts'
import {
  type ChatRequest,
  EFFORTS,
  type OutputFormat,
  type ReasoningRequest,
  type Sampling,
} from '../../ir/request.ts'
import type { ExtraList } from './extra-list.ts'
import { countAt, invalid, numberAt, objectAt, optional, textAt } from './wire-fields.ts'

const MODES = {
  adaptive: 'adaptive',
  enabled: 'budget',
  disabled: 'disabled',
  between_tools: 'between-tools',
} as const
const THINKING_FIELDS: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display'])
const OUTPUT_FIELDS: ReadonlySet<string> = new Set(['effort', 'format'])

/** `thinking` and `output_config.effort`; a change of effort amid the messages holds from there on, so that the last one counts. */
export function decodeReasoning(body: JsonObject, extras: ExtraList): ReasoningRequest | undefined {
  const thinking = optional(body, 'thinking', objectAt)
  const output = optional(body, 'output_config', objectAt)
  if (output !== undefined) extras.hintOthers(output, OUTPUT_FIELDS, 'output_config')
  const effort = changedEffort(body.messages) ?? (output && decodeEffort(output, 'output_config.effort'))
  if (thinking === undefined) return effort === undefined ? undefined : { effort }
  extras.hintOthers(thinking, THINKING_FIELDS, 'thinking')
  const budgetTokens = optional(thinking, 'budget_tokens', countAt, 'thinking.budget_tokens')
  const summary = decodeDisplay(thinking, extras)
  return {
    mode: decodeMode(thinking),
    ...(effort !== undefined && { effort }),
    ...(budgetTokens !== undefined && { budgetTokens }),
    ...(summary !== undefined && { summary }),
  }
}

function decodeMode({ type }: JsonObject): NonNullable<ReasoningRequest['mode']> {
  if (typeof type === 'string' && Object.hasOwn(MODES, type)) return MODES[type as keyof typeof MODES]
  throw invalid('thinking.type', `must be one of ${Object.keys(MODES).join(', ')}`)
}

function decodeEffort(output: JsonObject, path: string): ReasoningRequest['effort'] {
  const text = optional(output, 'effort', textAt, path)
  if (text === undefined) return undefined
  const effort = EFFORTS.find((known) => known === text)
  if (effort === undefined) throw invalid(path, `must be one of ${EFFORTS.join(', ')}`)
  return effort
}

/** Claude Code says the effort in a system message, too. */
function changedEffort(messages: unknown): ReasoningRequest['effort'] {
  if (!Array.isArray(messages)) return undefined
  return messages.reduce<ReasoningRequest['effort']>((effort, message: unknown, index) => {
    if (!isJsonObject(message) || message.role !== 'system' || !isJsonObject(message.output_config))
      return effort
    return decodeEffort(message.output_config, `messages[${index}].output_config.effort`) ?? effort
  }, undefined)
}

function decodeDisplay({ display }: JsonObject, extras: ExtraList): ReasoningRequest['summary'] {
  if (display === undefined || display === null) return undefined
  if (display === 'omitted') return 'none'
  if (display !== 'summarized') extras.hint('thinking.display', display)
  return 'auto'
}

/** `output_config.format`, or the older `output_format`. What it names is kept to by construction. */
export function decodeFormat(body: JsonObject, extras: ExtraList): OutputFormat | undefined {
  const output = optional(body, 'output_config', objectAt) ?? {}
  const path = isJsonObject(output.format) ? 'output_config.format' : 'output_format'
  const format = optional(output, 'format', objectAt, path) ?? optional(body, 'output_format', objectAt)
  if (format === undefined) return undefined
  if (format.type !== 'json_schema') throw invalid(`${path}.type`, 'must be "json_schema"')
  extras.hintOthers(format, new Set(['type', 'schema']), path)
  return { type: 'json-schema', schema: objectAt(format.schema, `${path}.schema`), isStrict: true }
}

export function decodeSampling(body: JsonObject): Sampling {
  const temperature = optional(body, 'temperature', numberAt)
  const topP = optional(body, 'top_p', numberAt)
  const topK = optional(body, 'top_k', countAt)
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
  }
}

/** `service_tier` and `speed`, which elsewhere are one choice. */
export function decodeTier(body: JsonObject, extras: ExtraList): ChatRequest['serviceTier'] {
  const tier = optional(body, 'service_tier', textAt)
  const speed = optional(body, 'speed', textAt)
  if (speed === 'fast') {
    if (tier === 'standard_only') extras.hint('service_tier', tier)
    return 'fast'
  }
  if (speed !== undefined && speed !== 'standard') extras.hint('speed', speed)
  if (tier === 'auto') return 'auto'
  if (tier === 'standard_only') return 'default'
  if (tier !== undefined) extras.hint('service_tier', tier)
  return undefined
}
