import type { Dispatcher } from 'undici'
import type { LoadResult, RequestLoop } from './load-job.ts'
import { percentileOf } from './statistics.ts'

interface Tally {
  readonly latenciesMs: number[]
  readonly firstContentsMs: number[]
  /** Of one answer: all are alike. */
  sample: Buffer[] | undefined
  failures: number
  reason: string | null
}

/** Runs a closed loop on as many connections as the job says. Resolves when the last answer has come. */
export async function runLoop(job: RequestLoop, connections: Dispatcher): Promise<LoadResult> {
  const tally: Tally = { latenciesMs: [], firstContentsMs: [], sample: undefined, failures: 0, reason: null }
  const startedMs = performance.now()
  const mayGoOn = createBound(job, startedMs)
  const worker = async () => {
    while (mayGoOn()) await sendOne(job, connections, tally)
  }
  await Promise.all(Array.from({ length: job.connections }, worker))
  return summarise(tally, performance.now() - startedMs)
}

function createBound({ until }: RequestLoop, startedMs: number): () => boolean {
  if ('durationMs' in until) return () => performance.now() - startedMs < until.durationMs
  let left = until.requests
  return () => left-- > 0
}

/** `dispatch` with a bare handler: the load must cost less than what it is to measure. */
function sendOne(job: RequestLoop, connections: Dispatcher, tally: Tally): Promise<void> {
  const { request, contentMark } = job
  return new Promise((resolve) => {
    const startedMs = performance.now()
    let status = 0
    let hasContent = false
    const sample: Buffer[] | undefined = tally.sample === undefined ? [] : undefined
    tally.sample ??= sample
    const fail = (reason: string) => {
      tally.failures++
      tally.reason ??= reason
      resolve()
    }
    connections.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: 'POST',
        headers: request.headers,
        body: request.body,
        headersTimeout: 30_000,
        bodyTimeout: 30_000,
      },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, code) => {
          status = code
        },
        onResponseData: (_controller, chunk) => {
          sample?.push(chunk)
          if (hasContent || contentMark === undefined || !chunk.includes(contentMark)) return
          hasContent = true
          tally.firstContentsMs.push(performance.now() - startedMs)
        },
        onResponseEnd: () => {
          if (status !== 200) return fail(`status ${status}`)
          tally.latenciesMs.push(performance.now() - startedMs)
          resolve()
        },
        onResponseError: (_controller, error) => fail(error.message),
      },
    )
  })
}

function summarise(tally: Tally, elapsedMs: number): LoadResult {
  const at = (values: readonly number[], percent: number) =>
    values.length === 0 ? Number.NaN : percentileOf(values, percent)
  const answer = Buffer.concat(tally.sample ?? [])
  return {
    requests: tally.latenciesMs.length,
    failures: tally.failures,
    reason: tally.reason,
    elapsedMs,
    p50Ms: at(tally.latenciesMs, 50),
    p99Ms: at(tally.latenciesMs, 99),
    firstContentP50Ms: at(tally.firstContentsMs, 50),
    bytesPerAnswer: answer.length,
    eventsPerAnswer: answer.toString('latin1').split('\n\n').length - 1,
  }
}
