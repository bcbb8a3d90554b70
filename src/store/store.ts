import type { Db, Engine } from './database.ts'
import type { MigrationReport } from './migrate.ts'

/** An open database. Queries throw `GatewayError`s: `store_unavailable`, `conflict`, `not_found`. */
export interface Store {
  readonly db: Db
  readonly engine: Engine
  /** See `migrate.ts`. Nothing else may be asked before this has been done once. */
  migrate(): Promise<MigrationReport>
  /**
   * Calls back soon after every committed change, by whatever process: within 300 ms as a rule, and within seconds where a
   * connection broke. It calls back once at the beginning as well, and may do so without a change; several changes may be
   * one call. Watch first, then read. Returns how to stop.
   */
  watch(listener: () => void): () => void
  /** Throws `store_unavailable` where the database does not answer. */
  ping(): Promise<void>
  /** Ends all connections; queries under way may fail. */
  close(): Promise<void>
  /** Copies the database into a new file while it is in use. Only SQLite can; throws `conflict` for PostgreSQL. */
  backupTo(file: string): Promise<void>
  /** What the engine itself finds wrong with its files. */
  findDamage(): Promise<string[]>
}

/** Told of what goes wrong where nobody waits for an answer. */
export type OnError = (error: unknown) => void
