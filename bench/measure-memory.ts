import { setTimeout as sleep } from 'node:timers/promises'
import { unlessPeerFails } from './leave-out.ts'
import { stalledStreams, wholeAnswers } from './load-jobs.ts'
import { inTurn, type Measurement } from './measurement.ts'
import type { RunningTarget, Stage } from './stage.ts'

const WARM_UP_REQUESTS = 300
const WARM_UP_CONNECTIONS = 8
const WARM_UP_STREAMS = 50

/** What a thousand streams that stand still take, in a fresh process that has already served a few. */
export async function measureMemory(measurement: Measurement): Promise<void> {
  const { stage, scale, targets } = measurement
  for (let round = 0; round < scale.memory.rounds; round++) {
    for (const target of inTurn(targets, round)) {
      const fresh = await stage.start(target)
      await unlessPeerFails(target, () => measureOne(measurement, fresh))
      await fresh.process.stop()
    }
  }
}

async function measureOne({ stage, figures, scale }: Measurement, fresh: RunningTarget): Promise<void> {
  const { streams, restMs } = scale.memory
  await warmUp(stage, fresh)
  const before = await fresh.process.collect()
  await stage.load(stalledStreams(fresh, streams), fresh)
  await sleep(restMs)
  const open = await fresh.process.measure()
  const collected = await fresh.process.collect()
  await stage.load({ type: 'release' }, fresh)
  figures.record('stream-rss', fresh.target.name, (open.rssBytes - before.rssBytes) / streams / 1000)
  figures.record('stream-live', fresh.target.name, (collected.liveBytes - before.liveBytes) / streams / 1000)
}

async function warmUp(stage: Stage, fresh: RunningTarget): Promise<void> {
  await stage.load(wholeAnswers(fresh, { requests: WARM_UP_REQUESTS }, WARM_UP_CONNECTIONS), fresh)
  await stage.load(stalledStreams(fresh, WARM_UP_STREAMS), fresh)
  await stage.load({ type: 'release' }, fresh)
}
