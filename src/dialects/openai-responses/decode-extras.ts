import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Extra, Tool } from '../../ir/request.ts'
import { unknownMembers } from '../openai-parameters.ts'

export const SERVICE_TIERS = ['auto', 'default', 'flex', 'priority', 'fast', 'ultrafast'] as const

/** Fields that the IR has a place for. */
const MODELLED: ReadonlySet<string> = new Set(
  `model input instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p top_logprobs
  reasoning text metadata safety_identifier user prompt_cache_key prompt_cache_options store stream stream_options
  service_tier include`.split(/\s+/),
)

const KNOWN_MEMBERS = {
  reasoning: ['effort', 'summary', 'generate_summary', 'context', 'mode'],
  text: ['format', 'verbosity'],
  'text.format': ['type', 'name', 'description', 'schema', 'strict'],
  prompt_cache_options: ['mode', 'ttl', 'prewarm', 'comparison_response_id'],
  stream_options: ['include_usage', 'include_obfuscation'],
}

type Weigh = (value: unknown, tools: readonly Tool[]) => Extra['weight'] | undefined

const contract: Weigh = () => 'contract'

/** What leaving out each of the others would mean; undefined where its value asks for nothing. Any other field is a hint. */
const WEIGHTS: Readonly<Record<string, Weigh>> = {
  previous_response_id: contract,
  conversation: contract,
  prompt: contract,
  background: (value) => (value === true ? 'contract' : undefined),
  truncation: (value) => (value === 'disabled' ? undefined : 'contract'),
  max_tool_calls: (_, tools) => (tools.some((tool) => tool.type === 'hosted') ? 'contract' : 'hint'),
  moderation: (value) => (blocks(value) ? 'contract' : 'hint'),
}

function blocks(moderation: unknown): boolean {
  const policy = memberOf(moderation, 'policy')
  return ['input', 'output'].some((side) => memberOf(memberOf(policy, side), 'mode') === 'block')
}

function memberOf(value: unknown, key: string): unknown {
  return isJsonObject(value) ? value[key] : undefined
}

/** Everything in the body that the IR has no place for, in the body's order. */
export function collectExtras(body: JsonObject, tools: readonly Tool[]): Extra[] {
  const whole = Object.entries(body).flatMap(([path, value]) => {
    if (value === null || value === undefined || MODELLED.has(path)) return []
    const weigh = Object.hasOwn(WEIGHTS, path) ? WEIGHTS[path] : undefined
    const weight = weigh === undefined ? 'hint' : weigh(value, tools)
    return weight === undefined ? [] : [{ path, value, weight }]
  })
  const known = [...whole, ...memberExtras(body)]
  return [
    ...known.map((extra) => ({ dialect: 'openai-responses' as const, ...extra })),
    ...unknownMembers(body, KNOWN_MEMBERS, 'openai-responses'),
  ]
}

type Found = Pick<Extra, 'path' | 'value' | 'weight'>

/** Members of modelled fields that are not modelled themselves. */
function memberExtras(body: JsonObject): Found[] {
  const found: Found[] = []
  const note = (path: string, value: unknown, weight: Extra['weight']) => {
    if (value !== undefined && value !== null) found.push({ path, value, weight })
  }
  note('reasoning.context', memberOf(body.reasoning, 'context'), 'hint')
  const mode = memberOf(body.reasoning, 'mode')
  if (mode !== 'standard') note('reasoning.mode', mode, 'contract')
  const comparison = memberOf(body.prompt_cache_options, 'comparison_response_id')
  note('prompt_cache_options.comparison_response_id', comparison, 'hint')
  if (memberOf(body.stream_options, 'include_obfuscation') === true)
    note('stream_options.include_obfuscation', true, 'hint')
  if (!SERVICE_TIERS.some((tier) => tier === body.service_tier))
    note('service_tier', body.service_tier, 'hint')
  if (typeof body.safety_identifier === 'string' && body.user !== body.safety_identifier)
    note('user', body.user, 'hint')
  const others = includesOf(body).filter((name) => !HONOURED.has(name))
  if (others.length > 0) note('include', others, 'hint')
  return found
}

/** Sealed reasoning is always handed out; log probabilities are part of the IR. */
const HONOURED: ReadonlySet<unknown> = new Set([
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
])

function includesOf(body: JsonObject): readonly unknown[] {
  return Array.isArray(body.include) ? body.include : []
}
