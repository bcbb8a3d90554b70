import type { ModelCapabilities } from '../../ir/capabilities.ts'

/** Gemini 3 and what comes after it. */
const GEMINI_3: ModelCapabilities = {
  sampling: 'yes',
  penalties: true,
  thinking: { style: 'level', least: 'lowest', efforts: ['low', 'medium', 'high'] },
  forcedTools: 'yes',
  nativeSchema: true,
  schemaWithTools: true,
  prefill: true,
  midSystem: false,
  chatToolsWithReasoning: true,
  completionTokens: false,
  stopSequences: true,
  cacheBreakpoints: false,
  requiresSignatures: true,
  toolResultMedia: true,
  maxOutputTokens: 65_536,
}

const GEMINI_2_5: ModelCapabilities = {
  ...GEMINI_3,
  // the Developer API refuses them
  penalties: false,
  // Flash; Pro takes more. @see https://ai.google.dev/gemini-api/docs/thinking#set-budget
  thinking: { style: 'budget', least: 'disabled', efforts: [], maxBudgetTokens: 24_576 },
  schemaWithTools: false,
  requiresSignatures: false,
  toolResultMedia: false,
}

const GEMINI_2: ModelCapabilities = {
  ...GEMINI_2_5,
  thinking: { style: 'none', least: 'disabled', efforts: [] },
  maxOutputTokens: 8192,
}

/** An unknown Gemini behaves like the newest. */
export function geminiCapabilities(model: string): ModelCapabilities {
  const [, major, minor] = /gemini-(\d+)(?:\.(\d+))?/.exec(model) ?? []
  const version = Number(major ?? 99) + Number(minor ?? 0) / 100
  if (version < 2.05) return GEMINI_2
  if (version < 3) {
    // Pro cannot switch its thinking off
    return model.includes('pro')
      ? { ...GEMINI_2_5, thinking: { ...GEMINI_2_5.thinking, least: 'lowest', maxBudgetTokens: 32_768 } }
      : GEMINI_2_5
  }
  const { thinking } = GEMINI_3
  // the one of its generation that is told a budget
  if (model.includes('gemini-3-pro-image'))
    return { ...GEMINI_3, thinking: { ...GEMINI_2_5.thinking, least: 'lowest', maxBudgetTokens: 32_768 } }
  if (model.includes('hydrogen'))
    return { ...GEMINI_3, thinking: { ...thinking, efforts: [...thinking.efforts, 'xhigh'] } }
  // Flash knows a level below low until 3.7
  const knowsMinimal = model.includes('flash') && version < 3.07
  return knowsMinimal
    ? { ...GEMINI_3, thinking: { ...thinking, efforts: ['minimal', ...thinking.efforts] } }
    : GEMINI_3
}
