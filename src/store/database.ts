import type { Kysely } from 'kysely'

// Every table as both engines have it: times are UTC milliseconds, flags are 0 or 1, `Json` is JSON written as text.

type Json = string

/** Columns of a row that people edit: `version` starts at 1 and grows with every update, for optimistic locking. */
export interface Versioned {
  readonly created_at_ms: number
  readonly updated_at_ms: number
  readonly version: number
}

export interface TeamRow extends Versioned {
  readonly id: string
  readonly name: string
  readonly status: 'active' | 'disabled'
  readonly models: Json | null
  readonly endpoints: Json | null
  readonly metadata: Json | null
}

export interface AccountRow extends Versioned {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly type: 'api-key' | 'oauth' | 'aws' | 'google' | 'azure'
  readonly base_url: string | null
  readonly dialect: string | null
  readonly models: Json | null
  readonly capabilities: Json | null
  readonly settings: Json | null
  readonly weight: number
  readonly priority: number
  readonly region: string | null
  readonly status: 'active' | 'disabled'
  readonly sealed_credential: string | null
  readonly credential_hint: string | null
}

export interface VirtualKeyRow extends Versioned {
  readonly id: string
  readonly name: string
  readonly secret_sha256: string
  readonly secret_hint: string
  readonly previous_secret_sha256: string | null
  readonly previous_until_ms: number | null
  readonly team_id: string | null
  readonly account_id: string | null
  readonly permissions: Json
  readonly models: Json | null
  readonly endpoints: Json | null
  readonly expires_at_ms: number | null
  readonly status: 'active' | 'disabled' | 'revoked'
  readonly is_strict: number
  readonly is_passthrough: number
  readonly quota_per_hour: number | null
  readonly metadata: Json | null
  readonly model_routes: Json | null
  readonly last_used_at_ms: number | null
}

export interface ModelRouteRow extends Versioned {
  readonly id: string
  readonly source_model: string
  readonly target_model: string | null
  readonly target_provider: string | null
  readonly priority: number
  readonly is_enabled: number
  readonly is_strict: number
  readonly description: string | null
  readonly capabilities: Json | null
}

export interface OAuthTokenRow extends Versioned {
  readonly account_id: string
  readonly sealed: string
  readonly expires_at_ms: number | null
  readonly state: 'ok' | 'refresh_failed' | 'signed_out'
  readonly failure: string | null
  readonly refreshed_at_ms: number | null
  readonly lease_owner: string | null
  readonly lease_until_ms: number | null
}

export interface OAuthFlowRow {
  readonly id: string
  readonly account_id: string
  readonly kind: 'code' | 'device'
  readonly sealed: string
  readonly expires_at_ms: number
  readonly created_at_ms: number
}

export interface AuditEntryRow {
  readonly id: string
  readonly at_ms: number
  readonly actor: string
  readonly action: string
  readonly subject_type: string
  readonly subject_id: string
  readonly subject_name: string | null
  readonly before: Json | null
  readonly after: Json | null
  readonly request_id: string | null
  readonly source: 'api' | 'cli'
}

export interface SettingRow {
  readonly name: string
  readonly value: string
  readonly updated_at_ms: number
}

export interface RevisionRow {
  /** Always 1: the table has one row. */
  readonly id: number
  readonly value: number
}

export interface Tables {
  readonly team: TeamRow
  readonly account: AccountRow
  readonly virtual_key: VirtualKeyRow
  readonly model_route: ModelRouteRow
  readonly oauth_token: OAuthTokenRow
  readonly oauth_flow: OAuthFlowRow
  readonly audit_entry: AuditEntryRow
  readonly setting: SettingRow
  readonly revision: RevisionRow
}

/** A connection pool or, inside `inTransaction`, the transaction: every query function takes either. */
export type Db = Kysely<Tables>

export type Engine = 'sqlite' | 'postgres'
