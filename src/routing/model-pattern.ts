/** True where one of the patterns is the model's name, or ends in `*` and the name begins with the rest. */
export function matchesAny(patterns: readonly string[], model: string): boolean {
  return patterns.some((pattern) => matches(pattern, model))
}

export function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model
}
