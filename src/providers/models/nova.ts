import type { ModelCapabilities } from '../../ir/capabilities.ts'

/**
 * Nova 2 and what comes after it: reasons if told to.
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
const NOVA_2: ModelCapabilities = {
  sampling: 'yes',
  penalties: false,
  thinking: { style: 'effort', least: 'disabled', efforts: ['none', 'low', 'medium', 'high'] },
  forcedTools: 'yes',
  nativeSchema: false,
  schemaWithTools: false,
  prefill: true,
  midSystem: false,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: true,
  requiresSignatures: false,
}

const NOVA_1: ModelCapabilities = {
  ...NOVA_2,
  thinking: { style: 'none', least: 'disabled', efforts: [] },
}

/** `amazon.nova-2-lite-v1:0`, and the first generation without a number, `amazon.nova-pro-v1:0`. */
export function novaCapabilities(model: string): ModelCapabilities {
  return /nova-(micro|lite|pro|premier|canvas|reel|sonic)/.test(model) ? NOVA_1 : NOVA_2
}
