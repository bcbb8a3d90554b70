import pg from 'pg'
import { expect, test } from 'vitest'
import { breaksConnection, toStoreError } from './postgres-failure.ts'

function reported(code: string, detail = ''): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('What happened.', 1, 'error'), { code, detail })
}

function broken(code: string): Error {
  return Object.assign(new Error('What happened.'), { code })
}

test.each([
  [broken('ECONNREFUSED'), true],
  [broken('EPIPE'), true], // as long as a code of PostgreSQL
  [new Error('Query read timeout'), true],
  [reported('57P01'), true],
  [reported('25P03'), true],
  [reported('57014'), false],
  [reported('53300'), false],
  [reported('40P01'), false],
  [reported('25006'), false],
])('%j is an outage', (error, isBreaking) => {
  expect(toStoreError(error)).toMatchObject({ code: 'store_unavailable' })
  expect(breaksConnection(error)).toBe(isBreaking)
})

test('a mistake of ours is none, and loses its detail, which may quote a row', () => {
  const error = toStoreError(reported('23502', 'Failing row contains (secret)'))
  expect(error).toMatchObject({ message: 'What happened.', code: '23502' })
  expect(error).not.toHaveProperty('detail')
  expect(breaksConnection(reported('23502'))).toBe(false)
})
