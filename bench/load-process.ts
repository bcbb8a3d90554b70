/** The load, in a process of its own: does the jobs that come over IPC, one at a time. */
import { Agent } from 'undici'
import { holdStreams } from './held-streams.ts'
import type { LoadJob, LoadResult } from './load-job.ts'
import { runLoop } from './request-loop.ts'

const NOTHING: LoadResult = {
  requests: 0,
  failures: 0,
  reason: null,
  elapsedMs: 0,
  p50Ms: 0,
  p99Ms: 0,
  firstContentP50Ms: 0,
  bytesPerAnswer: 0,
  eventsPerAnswer: 0,
}

/** One connection per request under way; they are kept between jobs, as those of a real client are. */
const connections = new Agent({ keepAliveTimeout: 60_000, pipelining: 1 })
let release: (() => Promise<void>) | undefined

process.on('message', (message: unknown) => {
  // the probe answers questions that are plain words
  if (typeof message !== 'object' || message === null || !('job' in message)) return
  perform(message.job as LoadJob).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})

async function perform(job: LoadJob): Promise<LoadResult> {
  switch (job.type) {
    case 'loop':
      return await runLoop(job, connections)
    case 'hold': {
      const held = await holdStreams(job)
      release = held.release
      return { ...NOTHING, ...held.counts }
    }
    case 'release':
      await release?.()
      return NOTHING
  }
}
