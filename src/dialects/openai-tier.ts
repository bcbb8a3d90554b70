const TIERS: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'flex',
  'scale',
  'priority',
  'fast',
  'ultrafast',
])

/** The tier that served, as OpenAI's formats name it; undefined for one that they have no name for. Elsewhere the ordinary one is "standard". */
export function openAiTier(tier: string): string | undefined {
  const name = tier.toLowerCase()
  if (name === 'standard') return 'default'
  return TIERS.has(name) ? name : undefined
}
