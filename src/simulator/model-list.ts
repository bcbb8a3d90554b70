import type { JsonObject } from './json.ts'
import { SIMULATED_MODELS } from './models.ts'
import type { ErrorFamily } from './problem.ts'

const CREATED_SECONDS = 1_767_225_600
const MAX_INPUT_TOKENS = 200_000
const MAX_OUTPUT_TOKENS = 64_000

/** The list of models in a family's shape: the simulated ones, then `others`. */
export function listModels(family: ErrorFamily, others: readonly string[]): JsonObject {
  const names = [...Object.keys(SIMULATED_MODELS), ...others]
  const models = names.map((name) => describeModel(family, name))
  switch (family) {
    case 'openai':
      return { object: 'list', data: models }
    case 'anthropic':
      return { data: models, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null }
    case 'gemini':
      return { models }
  }
}

/** One model in a family's shape; every name is a model. */
export function describeModel(family: ErrorFamily, name: string): JsonObject {
  switch (family) {
    case 'openai':
      return { id: name, object: 'model', created: CREATED_SECONDS, owned_by: 'simulator' }
    case 'anthropic':
      return describeForAnthropic(name)
    case 'gemini':
      return describeForGemini(name)
  }
}

function describeForAnthropic(name: string): JsonObject {
  return {
    type: 'model',
    id: name,
    display_name: name,
    created_at: new Date(CREATED_SECONDS * 1000).toISOString(),
    max_input_tokens: MAX_INPUT_TOKENS,
    max_tokens: MAX_OUTPUT_TOKENS,
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
  }
}

function describeForGemini(name: string): JsonObject {
  return {
    name: `models/${name}`,
    version: '001',
    displayName: name,
    description: (SIMULATED_MODELS as Record<string, string>)[name] ?? 'a simulated model',
    inputTokenLimit: MAX_INPUT_TOKENS,
    outputTokenLimit: MAX_OUTPUT_TOKENS,
    supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent'],
    thinking: true,
  }
}
