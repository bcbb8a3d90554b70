import * as z from 'zod'
import type { AccountConfig } from '../config/config.ts'
import { ACCOUNT_TYPES } from '../config/entries.ts'
import { UPSTREAM_DIALECT_IDS } from '../core/dialect-id.ts'
import type { AccountRecord } from '../store/accounts.ts'
import {
  activeOrDisabled,
  id,
  name,
  PRINTABLE,
  patterns,
  reference,
  shownInstant,
  source,
  toInstant,
  version,
} from './fields.ts'

const secret = z.string().trim().max(100_000).meta({ description: 'Goes in, never comes out.' })

const visible = {
  name,
  provider: reference.meta({ description: 'The id of a provider, such as `anthropic`.' }),
  type: z.enum(ACCOUNT_TYPES).meta({ description: 'How we prove who we are.' }),
  status: activeOrDisabled,
  base_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .regex(PRINTABLE)
    .nullable()
    .meta({ description: 'Where it is reached; null is the provider’s own address.' }),
  dialect: z
    .enum(UPSTREAM_DIALECT_IDS)
    .nullable()
    .meta({ description: 'The one format it speaks; null is every format of its provider.' }),
  models: patterns,
  capabilities: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'What its models accept, as `capabilities` of the config file.' }),
  weight: z.number().int().min(0).max(1_000_000).meta({ description: 'Its share among equals.' }),
  priority: z
    .number()
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .meta({ description: 'Higher ones are used first.' }),
  region: reference.nullable().meta({ description: 'A tag for people and routes.' }),
}

const credentials = {
  api_key: secret.regex(/^[\x20-\x7e]*$/, {
    error: 'holds characters that no key has: was it copied whole?',
  }),
  aws: z.strictObject({
    region: reference,
    access_key_id: reference.optional(),
    secret_access_key: secret.optional(),
    session_token: secret.optional(),
    profile: reference.optional(),
  }),
  google: z.strictObject({
    project: reference,
    location: reference.optional(),
    credentials_json: secret.optional(),
    credentials_file: reference.optional(),
  }),
  azure: z.strictObject({
    tenant_id: reference.optional(),
    client_id: reference.optional(),
    client_secret: secret.optional(),
  }),
  oauth: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Overrides of the provider’s sign-in: endpoints, client id, scopes.' }),
  headers: z
    .record(z.string().max(200), secret.regex(/^[\t\x20-\x7e\x80-\xff]*$/))
    .meta({ description: 'Sent with every request. Sealed like a key, since they may hold one.' }),
}

export const newAccountShape = z
  .strictObject({ ...visible, ...credentials })
  .partial()
  .required({ name: true, provider: true })

export const accountChangesShape = z
  .strictObject({ ...visible, ...credentials })
  .omit({ provider: true, type: true })
  .partial()

/** An account as it is shown: nothing of its credential but a hint. */
export const accountShape = z.strictObject({
  id,
  source,
  read_only: z.boolean(),
  ...visible,
  settings: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'What a cloud or a sign-in wants to know and is no secret.' }),
  has_credential: z.boolean(),
  credential_hint: z.string().nullable().meta({ description: 'The last characters of a key.' }),
  created_at: shownInstant,
  updated_at: shownInstant,
  version,
})

export type NewAccountInput = z.output<typeof newAccountShape>
export type AccountChangesInput = z.output<typeof accountChangesShape>
export type AccountView = z.output<typeof accountShape>

export function viewAccount(account: AccountRecord): AccountView {
  return {
    id: account.id,
    source: 'store',
    read_only: false,
    name: account.name,
    provider: account.provider,
    type: account.type,
    status: account.status,
    base_url: account.baseUrl,
    dialect: account.dialect as AccountView['dialect'],
    models: account.models && [...account.models],
    capabilities: account.capabilities,
    weight: account.weight,
    priority: account.priority,
    region: account.region,
    settings: account.settings,
    has_credential: account.sealedCredential !== null,
    credential_hint: account.credentialHint,
    created_at: toInstant(account.createdAtMs),
    updated_at: toInstant(account.updatedAtMs),
    version: account.version,
  }
}

/** An account from a file or the environment. */
export function viewDeclaredAccount(account: AccountConfig): AccountView {
  return {
    id: account.id,
    source: account.source,
    read_only: true,
    name: account.name,
    provider: account.provider,
    type: account.type,
    status: account.status,
    base_url: account.baseUrl ?? null,
    dialect: account.dialect ?? null,
    models: account.models === undefined ? null : [...account.models],
    capabilities: null,
    weight: account.weight ?? 1,
    priority: account.priority ?? 0,
    region: account.region ?? null,
    settings: null,
    has_credential: account.apiKey !== '' || account.cloud !== undefined,
    credential_hint: null,
    created_at: null,
    updated_at: null,
    version: null,
  }
}
