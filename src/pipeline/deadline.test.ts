import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadline, type Phase } from './deadline.ts'

let expired: Phase[]
let deadline: Deadline

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  expired = []
  deadline = new Deadline((phase) => expired.push(phase))
})

afterEach(() => {
  deadline.stop()
  vi.useRealTimers()
})

test('a phase ends when its time is up', () => {
  deadline.enter('response headers', 100)
  vi.advanceTimersByTime(99)
  expect(expired).toEqual([])
  vi.advanceTimersByTime(1)
  expect(expired).toEqual(['response headers'])
})

test('the next phase replaces the one before, and 0 bounds nothing', () => {
  deadline.enter('response headers', 100)
  deadline.enter('first content', 0)
  vi.advanceTimersByTime(10_000)
  expect(expired).toEqual([])
})

test('progress extends the phase that it belongs to', () => {
  deadline.enter('next chunk', 100)
  for (let round = 0; round < 10; round++) {
    vi.advanceTimersByTime(90)
    deadline.progressIn('next chunk')
  }
  expect(expired).toEqual([])
  vi.advanceTimersByTime(101)
  expect(expired).toEqual(['next chunk'])
})

test('progress of another phase extends nothing', () => {
  deadline.enter('first content', 100)
  vi.advanceTimersByTime(90)
  deadline.progressIn('next chunk')
  vi.advanceTimersByTime(11)
  expect(expired).toEqual(['first content'])
})

test('time that the client takes does not count', () => {
  deadline.enter('next chunk', 100)
  deadline.pause()
  vi.advanceTimersByTime(5000)
  deadline.resume()
  vi.advanceTimersByTime(90)
  expect(expired).toEqual([])
  vi.advanceTimersByTime(20)
  expect(expired).toEqual(['next chunk'])
})

test('the whole is bounded whatever happens within', () => {
  deadline.limitTotal(250)
  for (let round = 0; round < 5; round++) {
    deadline.enter('next chunk', 100)
    vi.advanceTimersByTime(50)
  }
  expect(expired).toEqual(['whole answer'])
})

test('nothing expires once it is stopped', () => {
  deadline.limitTotal(50)
  deadline.enter('next chunk', 10)
  deadline.stop()
  vi.advanceTimersByTime(100)
  expect(expired).toEqual([])
})
