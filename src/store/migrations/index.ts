import type { Kysely } from 'kysely'
import type { Engine } from '../database.ts'
import { createFirstTables } from './0001-first-tables.ts'

/** One step of the schema, for either engine. Steps that were released are never changed: add one. */
export type MigrationStep = (db: Kysely<unknown>, engine: Engine) => Promise<void>

/** Every step by name, in the order of their names. */
export const MIGRATIONS: Readonly<Record<string, MigrationStep>> = {
  '0001-first-tables': createFirstTables,
}
