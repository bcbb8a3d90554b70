import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import type { PostgresAnswer } from './global-setup.ts'

// For tests only: the real PostgreSQL of this test run. Importing this file starts it.

const answer = (await (await fetch(inject('postgresStarter'))).json()) as PostgresAnswer

/** Why there is no PostgreSQL here; undefined where there is one. For `describe.skipIf`, and in the title of what is skipped. */
export const POSTGRES_PROBLEM: string | undefined = 'reason' in answer ? answer.reason : undefined

/** The URL of a new empty database, which is dropped when the test ends. */
export async function makePostgresDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onPostgres(`create database ${name}`)
  onTestFinished(() => onPostgres(`drop database ${name} with (force)`))
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return url.href
}

/** Runs one statement as the superuser, in the database `postgres`. */
export async function onPostgres(statement: string): Promise<void> {
  const client = new pg.Client(serverUrl())
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function serverUrl(): string {
  if ('url' in answer) return answer.url
  throw new Error(`There is no PostgreSQL for this test: ${answer.reason}`)
}
