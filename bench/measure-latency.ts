import type { FigureId } from './figures.ts'
import { unlessPeerFails } from './leave-out.ts'
import { shortStreams, wholeAnswers } from './load-jobs.ts'
import { inTurn, type Measurement } from './measurement.ts'
import type { RunningTarget } from './stage.ts'
import { directTo } from './targets.ts'

type Milliseconds = Map<FigureId, Map<string, number>>

/** What a target adds to the time that one lonely client waits: for a whole answer, and for the first content of a stream. */
export async function measureLatency(measurement: Measurement): Promise<void> {
  const { figures, scale, running, directs } = measurement
  for (let round = 0; round < scale.latency.rounds; round++) {
    const took: Milliseconds = new Map()
    for (const each of inTurn([...directs, ...running], round)) await measureOne(measurement, each, took)
    for (const [figure, byTarget] of took) {
      for (const { target } of running) {
        const alone = byTarget.get(directTo(target.workload).name)
        const through = byTarget.get(target.name)
        if (alone !== undefined && through !== undefined) figures.record(figure, target.name, through - alone)
      }
    }
  }
}

async function measureOne({ stage, scale }: Measurement, each: RunningTarget, took: Milliseconds) {
  const { requests, streams } = scale.latency
  const note = (figure: FigureId, milliseconds: number) => {
    const byTarget = took.get(figure) ?? new Map<string, number>()
    took.set(figure, byTarget.set(each.target.name, milliseconds))
  }
  await unlessPeerFails(each.target, async () => {
    const whole = await stage.load(wholeAnswers(each, { requests }, 1), each)
    note('added-p50', whole.p50Ms)
    note('added-p99', whole.p99Ms)
  })
  await unlessPeerFails(each.target, async () => {
    const streamed = await stage.load(shortStreams(each, streams, 1), each)
    note('added-first-content', streamed.firstContentP50Ms)
  })
}
