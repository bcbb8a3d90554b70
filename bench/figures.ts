/** What is measured, in the order in which it is shown. `goal` is what the project promises of the gateway. */
export const FIGURES = {
  'cpu-per-request': {
    title: 'CPU per request',
    unit: 'µs',
    hasRatio: true,
    goal: '≤ ×1.5, converting ≤ ×2.5',
  },
  'requests-per-second': { title: 'Requests per second, 32 connections', unit: '/s', hasRatio: true },
  'added-p50': { title: 'Added latency, median', unit: 'ms', goal: '≤ 1 ms' },
  'added-p99': { title: 'Added latency, 99th percentile', unit: 'ms' },
  'added-first-content': { title: 'First content of a stream, later by', unit: 'ms', goal: '≤ 2 ms' },
  'cpu-per-stream': { title: 'CPU per stream of 5 events', unit: 'µs', hasRatio: true },
  'cpu-per-chunk': {
    title: 'CPU per streamed event',
    unit: 'µs',
    hasRatio: true,
    goal: 'converting ≤ ×3',
  },
  'cpu-per-megabyte': { title: 'CPU per streamed megabyte', unit: 'µs', hasRatio: true },
  'stream-rss': { title: 'Memory per open stream (RSS)', unit: 'KB', hasRatio: true, goal: '≤ 60 KB' },
  'stream-live': { title: 'Memory per open stream (live objects)', unit: 'KB', hasRatio: true },
  'listening-after': { title: 'Listening after', unit: 'ms', goal: '≤ 1000 ms' },
  'listening-first': {
    title: 'Listening after, first start (empty compile cache)',
    unit: 'ms',
    goal: '≤ 1000 ms',
  },
  'idle-rss': { title: 'Idle memory (RSS)', unit: 'MB', goal: '≤ 120 MB' },
  'idle-rss-first': { title: 'Idle memory (RSS), first start', unit: 'MB', goal: '≤ 120 MB' },
} as const satisfies Record<string, { title: string; unit: string; hasRatio?: true; goal?: string }>

export type FigureId = keyof typeof FIGURES

export const SECTIONS = ['cpu', 'latency', 'stream', 'memory', 'start'] as const

export type Section = (typeof SECTIONS)[number]

/** Values round by round, by figure and name of the target. */
export class Figures {
  readonly #values = new Map<FigureId, Map<string, number[]>>()

  record(figure: FigureId, target: string, value: number): void {
    const byTarget = this.#values.get(figure) ?? new Map<string, number[]>()
    this.#values.set(figure, byTarget)
    const values = byTarget.get(target) ?? []
    byTarget.set(target, values)
    values.push(value)
  }

  of(figure: FigureId, target: string): readonly number[] {
    return this.#values.get(figure)?.get(target) ?? []
  }
}
