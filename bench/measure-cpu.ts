import { unlessPeerFails } from './leave-out.ts'
import { wholeAnswers } from './load-jobs.ts'
import { inTurn, type Measurement } from './measurement.ts'
import type { RunningTarget } from './stage.ts'

/**
 * CPU per request and requests per second of whole answers. The same program may run a third faster or slower from one start to the
 * next, by what V8 happened to compile when, and stays so: hence several lots of fresh processes, and several rounds with each.
 */
export async function measureCpu(measurement: Measurement): Promise<void> {
  const { stage, scale, targets, directs } = measurement
  for (let lot = 0; lot < scale.cpu.lots; lot++) {
    const fresh: RunningTarget[] = []
    for (const target of targets) fresh.push(await stage.start(target))
    // the provider is the same process in every lot
    for (const each of lot === 0 ? [...directs, ...fresh] : fresh) await warmUpOne(measurement, each)
    for (let round = 0; round < scale.cpu.roundsPerLot; round++) {
      for (const each of inTurn([...directs, ...fresh], round)) await measureOne(measurement, each)
    }
    await Promise.all(fresh.map(({ process }) => process.stop()))
  }
}

/** As many requests for each, however long they take: what V8 has compiled depends on how often it ran. */
async function warmUpOne({ stage, scale }: Measurement, each: RunningTarget): Promise<void> {
  await unlessPeerFails(each.target, async () => {
    await stage.load(wholeAnswers(each, { requests: scale.cpu.warmUpRequests }), each)
  })
}

async function measureOne({ stage, figures, scale, directs }: Measurement, each: RunningTarget) {
  const { name } = each.target
  await unlessPeerFails(each.target, async () => {
    const job = wholeAnswers(each, { durationMs: scale.cpu.slotMs })
    const { requests, elapsedMs, cpuUs } = await stage.loadAtCost(job, each)
    figures.record('requests-per-second', name, (requests * 1000) / elapsedMs)
    if (!directs.includes(each)) figures.record('cpu-per-request', name, cpuUs / requests)
  })
}
