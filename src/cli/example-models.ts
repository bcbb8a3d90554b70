import type { AccountConfig } from '../config/config.ts'

/** A small, current model of each provider: what a first request asks for. */
const EXAMPLE_MODELS: Readonly<Record<string, string>> = {
  simulated: 'simulated',
  openai: 'gpt-5.4-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-3.5-flash',
  google: 'gemini-3.5-flash',
  deepseek: 'deepseek-v4-flash',
}

/** A model to try a provider with; undefined where we know of none. */
export function exampleModelOf(provider: string): string | undefined {
  return EXAMPLE_MODELS[provider]
}

/** A model to try an account with: one that it is restricted to, else one of its provider. */
export function exampleModelFor({
  provider,
  models,
}: Pick<AccountConfig, 'provider' | 'models'>): string | undefined {
  return models?.find((model) => !model.includes('*')) ?? exampleModelOf(provider)
}
