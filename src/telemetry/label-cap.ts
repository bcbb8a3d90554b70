/** The label for whatever came too late to get one of its own. */
const OTHER = 'other'

/** Gives out label values: the first `limit` distinct names as they are, `other` ever after. */
export interface LabelCap {
  /** The label for a name, which takes a place if one is free. */
  admit(name: string): string
  /** The label for a name that may not take a place, because it may be nonsense. */
  peek(name: string): string
}

/** A label's values never expire in a metrics registry, so what clients can make up must be bounded. */
export function createLabelCap(limit: number): LabelCap {
  const admitted = new Set<string>()
  const peek = (name: string): string => (admitted.has(name) ? name : OTHER)
  return {
    peek,
    admit: (name) => {
      if (admitted.size < limit) admitted.add(name)
      return peek(name)
    },
  }
}
