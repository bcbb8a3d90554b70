import { Pool } from 'undici'
import type { HeldStreams } from './load-job.ts'

/** More connections at once than this would measure the queue of the listening socket. */
const MAX_OPENING = 50

interface Held {
  readonly counts: { readonly requests: number; readonly failures: number; readonly reason: string | null }
  /** Breaks all the streams off. */
  readonly release: () => Promise<void>
}

/** Opens streams, each on its own connection. Resolves when every one of them has sent something, or has failed. */
export async function holdStreams({ request, streams }: HeldStreams): Promise<Held> {
  const pool = new Pool(request.origin)
  let reason: string | null = null
  let opened = 0
  let left = streams
  const openOne = () =>
    new Promise<void>((resolve) => {
      pool.dispatch(
        { path: request.path, method: 'POST', headers: request.headers, body: request.body, bodyTimeout: 0 },
        {
          onRequestStart: () => {},
          onResponseData: () => resolve(),
          onResponseStart: (_controller, status) => {
            if (status === 200) opened++
            else reason ??= `status ${status}`
          },
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => {
            reason ??= error.message
            resolve()
          },
        },
      )
    })
  const worker = async () => {
    while (left-- > 0) await openOne()
  }
  await Promise.all(Array.from({ length: MAX_OPENING }, worker))
  return {
    counts: { requests: opened, failures: streams - opened, reason },
    release: () => pool.destroy(),
  }
}
