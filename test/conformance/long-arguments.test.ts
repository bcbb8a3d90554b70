import { describe, expect, test } from 'vitest'
import { type SaidPart, speak, type UpstreamFormat } from '../support/upstream-streams.ts'
import { carry } from '../support/watched-relay.ts'
import { TALKING_PAIRS, type Talker } from './matrix.ts'

/** Five megabytes, and as many letters as one by one are twice as many events. */
const LENGTHS = [
  ['5 MB in fragments of 256 bytes', 'abcdefgh'.repeat(32), 20_480],
  ['many fragments of one byte', 'a', 40_960],
] as const

/** Arrives in chunks of 1 KB, whatever the events are. */
function chunksOf(to: UpstreamFormat, fragment: string, count: number): Buffer[] {
  const pieces = ['{"text":"', ...Array.from({ length: count }, () => fragment), '"}']
  const said: SaidPart[] = [{ type: 'call', name: 'write', pieces }]
  const bytes = Buffer.from(
    speak(to, said)
      .map((event) => event.bytes)
      .join(''),
  )
  const starts = Array.from({ length: Math.ceil(bytes.length / 1024) }, (_, index) => index * 1024)
  return starts.map((start) => bytes.subarray(start, start + 1024))
}

/** CPU time, which other processes take no part of. */
function costMs(from: Talker, to: UpstreamFormat, chunks: readonly Buffer[]): number {
  const before = process.cpuUsage()
  const { text, ending } = carry(from, to, chunks)
  const { user, system } = process.cpuUsage(before)
  expect(ending).toBe('finished')
  expect(text).toContain('write')
  return (user + system) / 1000
}

describe.each(TALKING_PAIRS.filter(({ from, to }) => from !== to))('$from → $to', ({ from, to }) => {
  test.each(LENGTHS)(
    'STR-31 an argument of %s costs about four times its quarter',
    (_what, fragment, count) => {
      const quarter = chunksOf(to, fragment, count / 4)
      // the first run is for the compiler; quadratic work would be sixteen times as much
      const least = Math.max(20, Math.min(costMs(from, to, quarter), costMs(from, to, quarter)))
      const whole = chunksOf(to, fragment, count)
      expect(costMs(from, to, whole)).toBeLessThan(12 * least)
    },
  )
})
