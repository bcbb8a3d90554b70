import type { Figures } from './figures.ts'
import { unlessPeerFails } from './leave-out.ts'
import { LARGE_AT_ONCE, longStreams, PACED_AT_ONCE, wholeAnswers } from './load-jobs.ts'
import type { Scale } from './scale.ts'
import type { RunningTarget, Stage } from './stage.ts'
import type { Target } from './targets.ts'

/** What every section works with. */
export interface Measurement {
  readonly stage: Stage
  readonly figures: Figures
  readonly scale: Scale
  readonly targets: readonly Target[]
  readonly running: readonly RunningTarget[]
  /** The provider without anything in between, for each workload. */
  readonly directs: readonly RunningTarget[]
}

/** Lets every process compile its hot code. */
export async function warmUp({ stage, scale, running, directs }: Measurement): Promise<void> {
  for (const each of [...directs, ...running]) {
    const jobs = [
      wholeAnswers(each, { durationMs: scale.warmUpMs }),
      longStreams(each, 'paced', PACED_AT_ONCE),
      longStreams(each, 'large', LARGE_AT_ONCE),
    ]
    for (const job of jobs) await unlessPeerFails(each.target, async () => void (await stage.load(job, each)))
  }
}

/** There and back again, so that no target always has the warmer machine. */
export function inTurn<Item>(items: readonly Item[], round: number): readonly Item[] {
  return round % 2 === 0 ? items : items.toReversed()
}
