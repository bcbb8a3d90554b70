import { describe } from 'vitest'
import type { StoreOptions } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { makePostgresDatabase, POSTGRES_PROBLEM } from './postgres.ts'
import { makeDatabaseFile, openForTest } from './store.ts'

// For tests only: the same suite on both engines. Importing this file starts PostgreSQL.

export interface TestEngine {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** A new empty database. */
  locate(): Promise<Pick<StoreOptions, 'url' | 'file'>>
  /** A store in a new database, migrated. */
  open(): Promise<Store>
}

const ENGINES: readonly (TestEngine & { readonly problem?: string | undefined })[] = [
  engine('SQLite', async () => ({ file: await makeDatabaseFile() })),
  { ...engine('PostgreSQL', async () => ({ url: await makePostgresDatabase() })), problem: POSTGRES_PROBLEM },
]

/** Runs a suite once per engine; the one that cannot run here is counted as skipped, and its title says why. */
export function describeEngines(suite: (engine: TestEngine) => void): void {
  for (const { problem, ...each } of ENGINES) {
    const reason = problem === undefined ? '' : ` (skipped: ${problem})`
    describe.skipIf(problem !== undefined)(`${each.name}${reason}`, () => {
      suite(each)
    })
  }
}

function engine(name: TestEngine['name'], locate: TestEngine['locate']): TestEngine {
  const open = async () => {
    const store = await openForTest(await locate())
    await store.migrate()
    return store
  }
  return { name, locate, open }
}
