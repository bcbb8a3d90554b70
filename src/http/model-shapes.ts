import type { ApiFamily } from '../core/dialect-id.ts'
import type { ListedModel } from '../pipeline/model-directory.ts'

/** Nobody asks when a model was made, but clients' types require the field. */
const UNKNOWN_SECONDS = 0
const UNKNOWN_DATE = '1970-01-01T00:00:00Z'

/** What Anthropic's clients may count on finding, known or not. */
const UNKNOWN_FACTS = {
  capabilities: null,
  deprecated_at: null,
  lifecycle: 'active',
  line: null,
  max_input_tokens: null,
  max_tokens: null,
  retires_at: null,
} as const

/**
 * A list of models as each family's clients read it.
 * @see https://platform.openai.com/docs/api-reference/models/list
 * @see https://docs.anthropic.com/en/api/models-list
 * @see https://ai.google.dev/api/models#method:-models.list
 */
export function encodeModelList(family: ApiFamily, models: readonly ListedModel[]): object {
  const entries = models.map((model) => encodeModel(family, model))
  if (family === 'gemini') return { models: entries }
  if (family === 'openai') return { object: 'list', data: entries }
  return {
    data: entries,
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }
}

export function encodeModel(family: ApiFamily, { id, providerId }: ListedModel): object {
  if (family === 'openai') return { id, object: 'model', created: UNKNOWN_SECONDS, owned_by: providerId }
  if (family === 'anthropic')
    return { type: 'model', id, display_name: id, created_at: UNKNOWN_DATE, ...UNKNOWN_FACTS }
  return {
    name: `models/${id}`,
    displayName: id,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }
}
