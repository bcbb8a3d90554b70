/** The forms in which metrics can be served. */
export type MetricsFormat = 'json' | 'prometheus' | 'openmetrics'

const FORMAT_OF_TYPE: Readonly<Record<string, MetricsFormat>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'text/plain': 'prometheus',
  'text/*': 'prometheus',
  'application/openmetrics-text': 'openmetrics',
  'application/vnd.google.protobuf': 'prometheus', // only scrapers ask for it, and they read text too
}

interface Wish {
  readonly format: MetricsFormat
  readonly quality: number
  readonly isWildcard: boolean
}

/**
 * Which form a request for metrics gets: what `?format=` says, else the best of its Accept header, else JSON.
 * A named type beats a wildcard of the same quality; among equals the first one wins.
 */
export function metricsFormat(accept: string | undefined, format: string | undefined): MetricsFormat {
  if (format === 'json' || format === 'prometheus' || format === 'openmetrics') return format
  let best: Wish | null = null
  for (const range of (accept ?? '').split(',')) {
    const wish = parseRange(range)
    if (wish !== null && isBetter(wish, best)) best = wish
  }
  return best?.format ?? 'json'
}

/** Should this request for metrics get a Prometheus exposition (text or OpenMetrics) rather than the JSON summary? */
export function wantsPrometheus(accept: string | undefined, format: string | undefined): boolean {
  return metricsFormat(accept, format) !== 'json'
}

function parseRange(range: string): Wish | null {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const format = FORMAT_OF_TYPE[type]
  if (format === undefined) return null
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = weight === undefined ? 1 : Number(weight.slice(2))
  return quality > 0 ? { format, quality, isWildcard: type.endsWith('*') } : null
}

function isBetter(wish: Wish, best: Wish | null): boolean {
  if (best === null) return true
  if (wish.quality !== best.quality) return wish.quality > best.quality
  return best.isWildcard && !wish.isWildcard
}
