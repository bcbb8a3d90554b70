import { expect, test } from 'vitest'
import { makeContext } from '../../test/support/cli.ts'
import { guardAgainstCrashes } from './crash-guard.ts'

function guarded() {
  const world = makeContext()
  const logged: unknown[] = []
  const log = (fields: unknown) => void logged.push(fields)
  const guard = guardAgainstCrashes(world.context, { fatal: log, error: log })
  return { ...world, logged, guard }
}

test('an exception that nobody caught is logged and ends the process', () => {
  const { events, exits, logged } = guarded()
  const error = new Error('boom')
  events.emit('uncaughtException', error)
  expect({ logged, exits }).toEqual({ logged: [{ err: error }], exits: [1] })
})

test('a promise that nobody waited for is logged', () => {
  const { events, exits, logged } = guarded()
  events.emit('unhandledRejection', 'why')
  expect({ logged, exits }).toEqual({ logged: [{ err: 'why' }], exits: [] })
})
