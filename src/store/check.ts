import { toAccount } from './accounts.ts'
import { toAuditEntry } from './audit.ts'
import { readSteps } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { toModelRoute } from './model-routes.ts'
import { toFlow } from './oauth-flows.ts'
import { toTokens } from './oauth-tokens.ts'
import type { Store } from './store.ts'
import { keyOf, type Row, readAllRows, TABLE_NAMES, type TableName } from './table-rows.ts'
import { toTeam } from './teams.ts'
import { toVirtualKey } from './virtual-keys.ts'

export interface StoreCheck {
  readonly ok: boolean
  /** In words for the operator, at most a hundred; never the content of a row. */
  readonly problems: readonly string[]
}

const MOST_PROBLEMS = 100
const ROWS_AT_ONCE = 500

/** Reads everything there is. Changes nothing. Throws `store_unavailable` where the database does not answer. */
export async function checkStore(store: Store): Promise<StoreCheck> {
  const problems = [...(await store.findDamage()), ...(await schemaProblems(store))]
  if (problems.length === 0) problems.push(...(await rowProblems(store)))
  return { ok: problems.length === 0, problems: problems.slice(0, MOST_PROBLEMS) }
}

async function schemaProblems({ db }: Store): Promise<string[]> {
  const steps = await readSteps(db)
  const missing = Object.keys(MIGRATIONS).filter((name) => !steps.includes(name))
  const unknown = steps.filter((name) => !Object.hasOwn(MIGRATIONS, name))
  return [
    ...missing.map(
      (name) => `the schema lacks the step ${name}; start the gateway once to bring it up to date`,
    ),
    ...unknown.map((name) => `the schema has the step ${name}, which is of a newer version of the gateway`),
  ]
}

async function rowProblems({ db }: Store): Promise<string[]> {
  const problems: string[] = []
  for (const table of TABLE_NAMES) {
    for await (const rows of readAllRows(db, table, ROWS_AT_ONCE)) {
      problems.push(...rows.flatMap((row) => problemsOf(table, row)))
      if (problems.length >= MOST_PROBLEMS) return problems
    }
  }
  return problems
}

function problemsOf(table: TableName, row: Row): string[] {
  try {
    DECODERS[table](row)
    return []
  } catch (error) {
    return [`${table} ${keyOf(table, row)}: ${error instanceof Error ? error.message : 'cannot be read'}`]
  }
}

const DECODERS: Readonly<Record<TableName, (row: Row) => unknown>> = {
  team: decoder(toTeam),
  account: decoder(toAccount),
  virtual_key: decoder(toVirtualKey),
  model_route: decoder(toModelRoute),
  oauth_token: decoder(toTokens),
  oauth_flow: decoder(toFlow),
  audit_entry: decoder(toAuditEntry),
  setting: (row) => row,
}

/** A table's own decoder, for rows whose type is only known by the table they came from. */
function decoder<TableRow>(decode: (row: TableRow) => unknown): (row: Row) => unknown {
  return (row) => decode(row as TableRow)
}
