/** Ids of cases in a text: `TCL-07`, `TLD-13b`. */
const CASE_ID = /\b[A-Z]{3}-\d{2}[a-z]?\b/g

export interface Coverage {
  /** Ids that neither a title nor a decision names, in the order of the list. */
  readonly uncovered: readonly string[]
  /** Ids that a title names and that the list does not have. */
  readonly unknown: readonly string[]
}

/** Which cases of the list are tested or decided, by the titles of all tests and the text of the decisions. */
export function readCoverage(ids: readonly string[], titles: readonly string[], decisions: string): Coverage {
  const tested = idsIn(titles.join('\n'))
  const decided = idsIn(decisions)
  const known = new Set(ids)
  const sections = new Set(ids.map(sectionOf))
  return {
    uncovered: ids.filter((id) => !tested.has(id) && !decided.has(id)),
    unknown: [...tested].filter((id) => sections.has(sectionOf(id)) && !known.has(id)).sort(),
  }
}

function idsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(CASE_ID) ?? [])
}

/** Other words look like ids, too: UTF-16 does. */
function sectionOf(id: string): string {
  return id.slice(0, 3)
}
