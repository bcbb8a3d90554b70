import type { ModelCapabilities } from '../../ir/capabilities.ts'

/** What every Claude shares. */
const CLAUDE = {
  penalties: false,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: true,
  requiresSignatures: false,
  toolResultMedia: true,
  schemaWithTools: true,
} as const

const ALL_EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const

/** Claude 5 without restrictions of its own; also what 4.7 and 4.8 are, but for a system message in the middle. */
const MODERN: ModelCapabilities = {
  ...CLAUDE,
  sampling: 'no',
  thinking: { style: 'adaptive', least: 'disabled', efforts: ALL_EFFORTS },
  forcedTools: 'yes',
  nativeSchema: true,
  prefill: false,
  midSystem: true,
  maxOutputTokens: 128_000,
}

const SONNET_5_5: ModelCapabilities = {
  ...MODERN,
  thinking: { style: 'adaptive', least: 'between-tools', efforts: ALL_EFFORTS },
  forcedTools: 'no',
}

const OPUS_5_5: ModelCapabilities = {
  ...MODERN,
  thinking: { style: 'adaptive', least: 'lowest', efforts: ALL_EFFORTS },
  forcedTools: 'no',
}

const FABLE_5: ModelCapabilities = { ...OPUS_5_5, forcedTools: 'yes' }

const V4_6: ModelCapabilities = {
  ...MODERN,
  sampling: 'without-reasoning',
  thinking: { style: 'adaptive', least: 'disabled', efforts: ['low', 'medium', 'high', 'max'] },
  forcedTools: 'without-thinking',
  midSystem: false,
}

const BUDGET_ONLY: ModelCapabilities = {
  ...V4_6,
  samplesOneWay: true,
  thinking: { style: 'budget', least: 'disabled', efforts: [] },
  prefill: true,
  maxOutputTokens: 64_000,
}

/** 3.7 and 4 */
const WITHOUT_SCHEMA: ModelCapabilities = { ...BUDGET_ONLY, nativeSchema: false }

const OPUS_4_1: ModelCapabilities = { ...BUDGET_ONLY, maxOutputTokens: 32_000 }

const BEFORE_THINKING: ModelCapabilities = {
  ...BUDGET_ONLY,
  samplesOneWay: false,
  thinking: { style: 'none', least: 'disabled', efforts: [] },
  nativeSchema: false,
  maxOutputTokens: 8192,
}

/** `claude-sonnet-4-5-20250929`, `claude-opus-5`, and the older order `claude-3-5-haiku-20241022`. */
const NAME =
  /claude-(?:(opus|sonnet|haiku|fable|mythos)-(\d+)(?:[.-](\d{1,2}))?(?!\d)|(\d+)(?:[.-](\d{1,2}))?(?!\d)-(opus|sonnet|haiku))/

/** An unknown Claude behaves like the newest of its family. */
export function claudeCapabilities(model: string): ModelCapabilities {
  const [, name, major, minor, oldMajor, oldMinor, oldName] = NAME.exec(model) ?? []
  const family = name ?? oldName
  const version = Number(major ?? oldMajor ?? 99) + Number(minor ?? oldMinor ?? 0) / 100
  if (version < 3.07) return BEFORE_THINKING
  if (version < 4.01) return family === 'opus' ? { ...OPUS_4_1, nativeSchema: false } : WITHOUT_SCHEMA
  if (version < 4.03) return family === 'opus' ? OPUS_4_1 : BUDGET_ONLY
  if (version < 4.06) return BUDGET_ONLY
  if (version < 4.07) return V4_6
  if (version < 4.08) return { ...MODERN, midSystem: false }
  if (family === 'fable' || family === 'mythos') return version < 5.01 ? FABLE_5 : OPUS_5_5
  if (version < 5.05) return MODERN
  if (family === 'sonnet') return SONNET_5_5
  if (family === 'haiku') return MODERN
  return OPUS_5_5
}
