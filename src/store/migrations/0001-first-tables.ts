import { randomUUID } from 'node:crypto'
import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Engine } from '../database.ts'

/** Keys, accounts, teams, routes, OAuth, audit log, settings. */
export async function createFirstTables(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const types = COLUMN_TYPES[engine]
  const table = (name: string) => (engine === 'sqlite' ? strict(db, name) : db.schema.createTable(name))
  const versioned = <Name extends string>(builder: CreateTableBuilder<Name>) =>
    builder
      .addColumn('created_at_ms', types.time, (column) => column.notNull())
      .addColumn('updated_at_ms', types.time, (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())

  await versioned(
    table('team')
      .addColumn('id', types.text, (column) => column.primaryKey().notNull())
      .addColumn('name', types.text, (column) => column.notNull().unique())
      .addColumn('status', types.text, (column) => column.notNull())
      .addColumn('models', types.text)
      .addColumn('endpoints', types.text)
      .addColumn('metadata', types.text),
  ).execute()

  await versioned(
    table('account')
      .addColumn('id', types.text, (column) => column.primaryKey().notNull())
      .addColumn('name', types.text, (column) => column.notNull().unique())
      .addColumn('provider', types.text, (column) => column.notNull())
      .addColumn('type', types.text, (column) => column.notNull())
      .addColumn('base_url', types.text)
      .addColumn('dialect', types.text)
      .addColumn('models', types.text)
      .addColumn('capabilities', types.text)
      .addColumn('settings', types.text)
      .addColumn('weight', 'integer', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('region', types.text)
      .addColumn('status', types.text, (column) => column.notNull())
      .addColumn('sealed_credential', types.text)
      .addColumn('credential_hint', types.text),
  ).execute()

  await versioned(
    table('virtual_key')
      .addColumn('id', types.text, (column) => column.primaryKey().notNull())
      .addColumn('name', types.text, (column) => column.notNull().unique())
      .addColumn('secret_sha256', types.text, (column) => column.notNull().unique())
      .addColumn('secret_hint', types.text, (column) => column.notNull())
      .addColumn('previous_secret_sha256', types.text, (column) => column.unique())
      .addColumn('previous_until_ms', types.time)
      .addColumn('team_id', types.text, (column) => column.references('team.id'))
      // no reference: it may be an account of the configuration
      .addColumn('account_id', types.text)
      .addColumn('permissions', types.text, (column) => column.notNull())
      .addColumn('models', types.text)
      .addColumn('endpoints', types.text)
      .addColumn('expires_at_ms', types.time)
      .addColumn('status', types.text, (column) => column.notNull())
      .addColumn('is_strict', 'integer', (column) => column.notNull())
      .addColumn('is_passthrough', 'integer', (column) => column.notNull())
      .addColumn('quota_per_hour', types.time)
      .addColumn('metadata', types.text)
      .addColumn('model_routes', types.text)
      .addColumn('last_used_at_ms', types.time),
  ).execute()

  await versioned(
    table('model_route')
      .addColumn('id', types.text, (column) => column.primaryKey().notNull())
      .addColumn('source_model', types.text, (column) => column.notNull())
      .addColumn('target_model', types.text)
      .addColumn('target_provider', types.text)
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('is_enabled', 'integer', (column) => column.notNull())
      .addColumn('is_strict', 'integer', (column) => column.notNull())
      .addColumn('description', types.text)
      .addColumn('capabilities', types.text),
  ).execute()

  await versioned(
    table('oauth_token')
      // no reference: accounts that files declare are signed in to as well
      .addColumn('account_id', types.text, (column) => column.primaryKey().notNull())
      .addColumn('sealed', types.text, (column) => column.notNull())
      .addColumn('expires_at_ms', types.time)
      .addColumn('state', types.text, (column) => column.notNull())
      .addColumn('failure', types.text)
      .addColumn('refreshed_at_ms', types.time)
      .addColumn('lease_owner', types.text)
      .addColumn('lease_until_ms', types.time),
  ).execute()

  await table('oauth_flow')
    .addColumn('id', types.text, (column) => column.primaryKey().notNull())
    .addColumn('account_id', types.text, (column) => column.notNull())
    .addColumn('kind', types.text, (column) => column.notNull())
    .addColumn('sealed', types.text, (column) => column.notNull())
    .addColumn('expires_at_ms', types.time, (column) => column.notNull())
    .addColumn('created_at_ms', types.time, (column) => column.notNull())
    .execute()

  await table('audit_entry')
    .addColumn('id', types.text, (column) => column.primaryKey().notNull())
    .addColumn('at_ms', types.time, (column) => column.notNull())
    .addColumn('actor', types.text, (column) => column.notNull())
    .addColumn('action', types.text, (column) => column.notNull())
    .addColumn('subject_type', types.text, (column) => column.notNull())
    .addColumn('subject_id', types.text, (column) => column.notNull())
    .addColumn('subject_name', types.text)
    .addColumn('before', types.text)
    .addColumn('after', types.text)
    .addColumn('request_id', types.text)
    .addColumn('source', types.text, (column) => column.notNull())
    .execute()

  await table('setting')
    .addColumn('name', types.text, (column) => column.primaryKey().notNull())
    .addColumn('value', types.text, (column) => column.notNull())
    .addColumn('updated_at_ms', types.time, (column) => column.notNull())
    .execute()

  await table('revision')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('value', types.time, (column) => column.notNull())
    .execute()
  await sql`insert into revision (id, value) values (1, 0)`.execute(db)
  // tells databases apart, so that a copy is only resumed from where it began
  const storeId = randomUUID()
  await sql`insert into setting (name, value, updated_at_ms) values ('store.id', ${storeId}, ${Date.now()})`.execute(
    db,
  )

  for (const [name, columns] of INDEXES) {
    await db.schema
      .createIndex(`${name}_${columns.join('_')}_index`)
      .on(name)
      .columns([...columns])
      .execute()
  }
  if (engine === 'postgres') await notifyOfRevisions(db)
}

/** Texts compare byte by byte on both engines, so that lists have one order, and a copy can compare rows as it goes. */
const COLUMN_TYPES = {
  sqlite: { text: 'text', time: 'integer' },
  postgres: { text: sql`text collate "C"`, time: 'bigint' },
} as const

const INDEXES = [
  ['team', ['created_at_ms', 'id']],
  ['account', ['created_at_ms', 'id']],
  ['virtual_key', ['created_at_ms', 'id']],
  ['virtual_key', ['team_id']],
  ['virtual_key', ['account_id']],
  ['oauth_flow', ['account_id']],
  ['oauth_flow', ['expires_at_ms']],
  ['audit_entry', ['subject_id']],
  ['audit_entry', ['actor']],
] as const

/** A strict table refuses a text where a number belongs, as PostgreSQL does. @see https://www.sqlite.org/stricttables.html */
function strict(db: Kysely<unknown>, name: string) {
  return db.schema.createTable(name).modifyEnd(sql`strict`)
}

/** Sent by PostgreSQL when the change is committed, and only then. */
async function notifyOfRevisions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function announce_revision() returns trigger language plpgsql as $$
    begin
      perform pg_notify('llm_gateway_revision', new.value::text);
      return null;
    end $$
  `.execute(db)
  await sql`
    create trigger revision_announced after update on revision
    for each row execute function announce_revision()
  `.execute(db)
}
