import type { ModelCapabilities } from '../../ir/capabilities.ts'

/**
 * Grok 4.5 and what comes after it: always reasons.
 * @see https://docs.x.ai/developers/model-capabilities/text/reasoning
 */
const GROK: ModelCapabilities = {
  sampling: 'yes',
  penalties: false,
  thinking: { style: 'effort', least: 'lowest', efforts: ['low', 'medium', 'high'] },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: true,
  midSystem: true,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: false,
  cacheBreakpoints: false,
  requiresSignatures: false,
}

const GROK_4_3: ModelCapabilities = {
  ...GROK,
  thinking: { style: 'effort', least: 'disabled', efforts: ['none', 'low', 'medium', 'high'] },
}

/** Reasons or does not; its name says which, and it refuses to be told. */
const UNTOLD: ModelCapabilities = {
  ...GROK,
  thinking: { style: 'none', least: 'lowest', efforts: [] },
}

const WITHOUT_REASONING: ModelCapabilities = { ...UNTOLD, stopSequences: true }

/** An unknown Grok behaves like the newest. */
export function grokCapabilities(model: string): ModelCapabilities {
  if (model.includes('non-reasoning')) return WITHOUT_REASONING
  if (/grok-(code|build)|-reasoning|multi-agent/.test(model)) return UNTOLD
  // `grok-4-1-fast` and `grok-4.20` came before 4.3
  const [, major, minor] = /grok-(\d+)(?:[.-](\d{1,2}))?(?!\d)/.exec(model) ?? []
  const version = Number(major ?? 99) + Number(minor ?? 0) / 100
  if (version < 4) return model.includes('mini') ? UNTOLD : WITHOUT_REASONING
  if (version < 4.03 || version === 4.2) return UNTOLD
  return version < 4.05 ? GROK_4_3 : GROK
}
