import type { ModelCapabilities } from '../../ir/capabilities.ts'

/** GPT-6 and what comes after it. */
const GPT_6: ModelCapabilities = {
  sampling: 'no',
  penalties: false,
  thinking: { style: 'effort', least: 'lowest', efforts: ['low', 'medium', 'high', 'xhigh', 'max'] },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: true,
  midSystem: true,
  chatToolsWithReasoning: false,
  completionTokens: true,
  customTools: true,
  toolResultMedia: true,
  stopSequences: false,
  cacheBreakpoints: true,
  requiresSignatures: false,
}

const GPT_6_SWITCHABLE: ModelCapabilities = {
  ...GPT_6,
  sampling: 'without-reasoning',
  thinking: {
    style: 'effort',
    least: 'disabled',
    efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
  },
}

/** What GPT-6 writes at most is not published; an upstream judges that itself. */
const GPT_5_6: ModelCapabilities = { ...GPT_6_SWITCHABLE, maxOutputTokens: 128_000 }

const GPT_5_2: ModelCapabilities = {
  ...GPT_5_6,
  thinking: { style: 'effort', least: 'disabled', efforts: ['none', 'low', 'medium', 'high', 'xhigh'] },
  chatToolsWithReasoning: true,
  cacheBreakpoints: false,
}

const GPT_5_1: ModelCapabilities = {
  ...GPT_5_2,
  thinking: { style: 'effort', least: 'disabled', efforts: ['none', 'low', 'medium', 'high'] },
}

const GPT_5: ModelCapabilities = {
  ...GPT_5_1,
  sampling: 'no',
  thinking: { style: 'effort', least: 'lowest', efforts: ['minimal', 'low', 'medium', 'high'] },
}

/** Thinks as hard as it can, always. */
const GPT_5_PRO: ModelCapabilities = {
  ...GPT_5,
  thinking: { style: 'effort', least: 'lowest', efforts: ['high'] },
}

const O_SERIES: ModelCapabilities = {
  ...GPT_5,
  thinking: { style: 'effort', least: 'lowest', efforts: ['low', 'medium', 'high'] },
  maxOutputTokens: 100_000,
}

/** GPT-4 and everything that does not reason. */
const GPT_4: ModelCapabilities = {
  ...GPT_5_1,
  sampling: 'yes',
  penalties: true,
  thinking: { style: 'none', least: 'disabled', efforts: [] },
  completionTokens: false,
  customTools: false,
  stopSequences: true,
}

/** `gpt-5-chat-latest`, which does not reason. */
const GPT_5_CHAT: ModelCapabilities = {
  ...GPT_4,
  customTools: true,
  completionTokens: true,
  maxOutputTokens: 16_384,
}

/** An unknown GPT behaves like the newest. */
export function gptCapabilities(model: string): ModelCapabilities {
  if (/(^|\/)o\d/.test(model)) return O_SERIES
  const [, major, minor] = /(?:gpt|codex)-(\d+)(?:\.(\d+))?/.exec(model) ?? []
  const version = Number(major ?? 99) + Number(minor ?? 0) / 100
  if (version < 5) return { ...GPT_4, maxOutputTokens: mostOfGpt4(model, version) }
  if (version < 5.01) return variantOfGpt5(model)
  // its `codex-max` is the first that knows a higher effort
  if (version < 5.02) return model.includes('codex-max') ? GPT_5_2 : GPT_5_1
  if (version < 5.06) return GPT_5_2
  if (version < 6) return GPT_5_6
  return /gpt-6-(sol|luna)|gpt-6\.1-terra/.test(model) ? GPT_6_SWITCHABLE : GPT_6
}

function variantOfGpt5(model: string): ModelCapabilities {
  if (model.includes('gpt-5-chat')) return GPT_5_CHAT
  return model.includes('gpt-5-pro') ? GPT_5_PRO : GPT_5
}

/** @see https://platform.openai.com/docs/models */
function mostOfGpt4(model: string, version: number): number {
  if (version >= 4.01) return 32_768
  if (model.includes('4o')) return 16_384
  return version >= 4 && !model.includes('turbo') ? 8192 : 4096
}
