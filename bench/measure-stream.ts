import { unlessPeerFails } from './leave-out.ts'
import { longStreams, shortStreams } from './load-jobs.ts'
import { inTurn, type Measurement } from './measurement.ts'
import type { Cost } from './stage.ts'

/** CPU of streams: of one event, as the difference between long and short streams that are alike otherwise, and of bulk. */
export async function measureStreams({ stage, figures, scale, running }: Measurement): Promise<void> {
  const { rounds, pacedStreams, largeStreams } = scale.stream
  for (let round = 0; round < rounds; round++) {
    for (const each of inTurn(running, round)) {
      const { name } = each.target
      await unlessPeerFails(each.target, async () => {
        const short = await stage.loadAtCost(shortStreams(each, pacedStreams * 8), each)
        const long = await stage.loadAtCost(longStreams(each, 'paced', pacedStreams), each)
        const large = await stage.loadAtCost(longStreams(each, 'large', largeStreams), each)
        const perEvent = (cpuOf(long) - cpuOf(short)) / (long.eventsPerAnswer - short.eventsPerAnswer)
        figures.record('cpu-per-stream', name, cpuOf(short))
        figures.record('cpu-per-chunk', name, perEvent)
        figures.record('cpu-per-megabyte', name, cpuOf(large) / (large.bytesPerAnswer / 1e6))
      })
    }
  }
}

/** Microseconds per answer. */
function cpuOf({ cpuUs, requests }: Cost): number {
  return cpuUs / requests
}
