import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlidingWindow } from './sliding-window.ts'

test('the request after the last one allowed is refused, and says when one fits again', () => {
  const window = new SlidingWindow(2, 1000)
  expect(window.admit(0)).toMatchObject({ isAdmitted: true, remaining: 1 })
  expect(window.admit(400)).toMatchObject({ isAdmitted: true, remaining: 0, resetAtMs: 1400 })
  expect(window.admit(500)).toMatchObject({ isAdmitted: false, remaining: 0, retryAfterMs: 500 })
  expect(window.admit(999).isAdmitted).toBe(false)
  expect(window.admit(1000).isAdmitted).toBe(true)
})

test('refused requests do not count', () => {
  const window = new SlidingWindow(1, 1000)
  window.admit(0)
  for (let now = 1; now < 1000; now++) expect(window.admit(now).isAdmitted).toBe(false)
  expect(window.admit(1000).isAdmitted).toBe(true)
})

test('a lowered limit holds at once, a raised one too', () => {
  const window = new SlidingWindow(3, 1000)
  for (const now of [0, 10, 20]) window.admit(now)
  window.setLimit(1)
  expect(window.admit(30)).toMatchObject({ isAdmitted: false, retryAfterMs: 990 })
  window.setLimit(4)
  expect(window.admit(40)).toMatchObject({ isAdmitted: true, remaining: 0 })
})

test('no window, however it is laid, ever holds more than the limit', () => {
  const steps = fc.array(fc.nat(300), { maxLength: 300 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), steps, (limit, gaps) => {
      const window = new SlidingWindow(limit, 1000)
      const admitted: number[] = []
      let now = 0
      for (const gap of gaps) {
        now += gap
        if (window.admit(now).isAdmitted) admitted.push(now)
      }
      for (const start of admitted) {
        const inside = admitted.filter((at) => at >= start && at < start + 1000)
        expect(inside.length).toBeLessThanOrEqual(limit)
      }
    }),
  )
})

test('a client that knocks at the promised time gets in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(900), { minLength: 5, maxLength: 50 }), (gaps) => {
      const window = new SlidingWindow(3, 1000)
      let now = 0
      for (const gap of gaps) {
        now += gap
        const { isAdmitted, retryAfterMs } = window.admit(now)
        if (isAdmitted) continue
        now += retryAfterMs
        expect(window.admit(now).isAdmitted).toBe(true)
      }
    }),
  )
})
