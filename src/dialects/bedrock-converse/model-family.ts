/** Families whose own parameters we know; the rest takes what Converse itself has. */
export type ModelFamily = 'claude' | 'nova' | 'gpt-oss' | 'other'

/** By the id of a model or of an inference profile. A profile of one's own does not say what is behind it. */
export function familyOf(model: string): ModelFamily {
  if (model.includes('anthropic.')) return 'claude'
  if (model.includes('amazon.nova')) return 'nova'
  return model.includes('gpt-oss') ? 'gpt-oss' : 'other'
}
