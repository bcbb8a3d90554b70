import { expect, test } from 'vitest'
import { makeContext } from '../../test/support/cli.ts'
import { stopSignal } from './stop-signal.ts'

test('the first signal asks, the second one ends at once with its number', async () => {
  const { context, events, exits } = makeContext()
  const { requested } = stopSignal(context)
  events.emit('SIGTERM', 'SIGTERM')
  await requested
  expect(exits).toEqual([])
  events.emit('SIGINT', 'SIGINT')
  events.emit('SIGTERM', 'SIGTERM')
  expect(exits).toEqual([130, 143])
})

test('SIGHUP is heard and ignored', () => {
  const { context, events, exits } = makeContext()
  stopSignal(context)
  expect(events.emit('SIGHUP', 'SIGHUP')).toBe(true)
  expect(exits).toEqual([])
})

test('afterwards nobody listens any more', () => {
  const { context, events } = makeContext()
  stopSignal(context).close()
  expect(events.eventNames()).toEqual([])
})
