import type { AccountConfig } from '../config/config.ts'
import { PROVIDERS } from '../providers/index.ts'

/** A small, current model of each provider: what a first request asks for. */
const EXAMPLE_MODELS: Readonly<Record<string, string>> = {
  simulated: 'simulated',
  openai: 'gpt-5.4-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-3.5-flash',
  google: 'gemini-3.5-flash',
  deepseek: 'deepseek-v4-flash',
  mistral: 'mistral-small-latest',
  groq: 'llama-3.3-70b-versatile',
  xai: 'grok-4.3',
  'x-ai': 'grok-4.3',
  openrouter: 'openai/gpt-oss-20b',
  together: 'openai/gpt-oss-20b',
  'together-ai': 'openai/gpt-oss-20b',
  fireworks: 'accounts/fireworks/models/gpt-oss-20b',
  'fireworks-ai': 'accounts/fireworks/models/gpt-oss-20b',
  qwen: 'qwen3.7-flash',
  dashscope: 'qwen3.7-flash',
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

/** A model's name for a key that is bound to no account: with its provider in front, unless the name alone leads there. */
export function routedName(provider: string, model: string): string {
  const known = PROVIDERS.get(provider)
  return known?.modelPrefixes.some((prefix) => model.startsWith(prefix)) ? model : `${provider}/${model}`
}
