import type { ModelCapabilities } from '../../ir/capabilities.ts'
import type { Effort } from '../../ir/request.ts'
import { claudeCapabilities } from './claude.ts'
import { geminiCapabilities } from './gemini.ts'
import { gptCapabilities } from './gpt.ts'
import { grokCapabilities } from './grok.ts'
import { novaCapabilities } from './nova.ts'
import { effortsOf } from './open-weights.ts'

/** A model of no family that we know: taken for a plain chat model, as most OpenAI-compatible servers run. */
const PLAIN: ModelCapabilities = {
  sampling: 'yes',
  penalties: true,
  thinking: {
    style: 'effort',
    least: 'disabled',
    efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: true,
  midSystem: true,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: false,
  requiresSignatures: false,
}

/**
 * What a model accepts, by its name; prefixes of platforms and resellers (`anthropic/…`, `models/…`, `us.anthropic.…`) do not matter. This
 * rots within weeks, so ids that nobody knows behave like the newest of their family.
 */
export function capabilitiesOf(model: string): ModelCapabilities {
  const name = model.toLowerCase()
  if (name.includes('claude')) return claudeCapabilities(name)
  if (name.includes('gemini')) return geminiCapabilities(name)
  if (/(^|\/)(gpt-\d|o\d|codex-)/.test(name) && !name.includes('gpt-oss')) return gptCapabilities(name)
  if (name.includes('grok')) return grokCapabilities(name)
  if (name.includes('amazon.nova')) return novaCapabilities(name)
  return withEfforts(effortsOf(name))
}

function withEfforts(efforts: readonly Effort[] | undefined): ModelCapabilities {
  if (efforts === undefined) return PLAIN
  if (efforts.length === 0) return { ...PLAIN, thinking: { style: 'none', least: 'disabled', efforts } }
  const least = efforts.includes('none') ? 'disabled' : 'lowest'
  return { ...PLAIN, thinking: { style: 'effort', least, efforts } }
}
