import * as z from 'zod'
import type { VirtualKeyConfig } from '../config/config.ts'
import type { VirtualKeyRecord } from '../store/virtual-keys.ts'
import {
  activeOrDisabled,
  id,
  instant,
  metadata,
  name,
  patterns,
  reference,
  shownInstant,
  source,
  toInstant,
  version,
} from './fields.ts'

const permissions = z
  .array(z.enum(['read', 'write']))
  .min(1)
  .meta({ description: '`read`: models and own usage. `write`: inference.' })

const fields = {
  name,
  status: activeOrDisabled,
  team: reference.nullable().meta({ description: 'Id or name of its team.' }),
  account: reference
    .nullable()
    .meta({ description: 'Id or name of the only account it uses; null lets the model decide.' }),
  permissions,
  models: patterns,
  endpoints: patterns.meta({
    description: 'Such as `chat/completions`, `messages`, `images/*`; null is all.',
  }),
  expires_at: instant.nullable().meta({ description: 'From then on it is refused; null is never.' }),
  strict: z.boolean().meta({ description: 'Refuse what cannot be converted exactly.' }),
  passthrough: z.boolean().meta({ description: 'Never convert anything.' }),
  quota_per_hour: z.number().int().min(1).nullable().meta({ description: 'Requests; null is no limit.' }),
  metadata,
  model_routes: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'Routes of its own, as `model_routes` of the config file.' }),
}

export const newKeyShape = z.strictObject(fields).partial().required({ name: true })
export const keyChangesShape = z.strictObject(fields).partial()

export const rotationShape = z.strictObject({
  grace_seconds: z
    .number()
    .int()
    .min(0)
    .max(90 * 86_400)
    .default(0)
    .meta({ description: 'How long the old secret still works.' }),
})

/** A virtual key as it is shown; never its secret. */
export const keyShape = z.strictObject({
  id,
  source,
  read_only: z.boolean(),
  secret_hint: z.string().nullable().meta({ description: 'The last characters of the secret.' }),
  previous_secret_until: shownInstant.meta({
    description: 'Until then the secret before the last rotation works as well.',
  }),
  ...fields,
  status: z.enum(['active', 'disabled', 'revoked']),
  last_used_at: shownInstant,
  created_at: shownInstant,
  updated_at: shownInstant,
  version,
})

/** The answer that alone ever holds a secret. */
export const issuedKeyShape = keyShape.extend({
  secret: z.string().meta({ description: 'Shown this once. Only its hash is stored.' }),
})

export type NewKeyInput = z.output<typeof newKeyShape>
export type KeyChangesInput = z.output<typeof keyChangesShape>
export type KeyView = z.output<typeof keyShape>

export function viewKey(key: VirtualKeyRecord): KeyView {
  return {
    id: key.id,
    name: key.name,
    source: 'store',
    read_only: false,
    secret_hint: key.secretHint,
    previous_secret_until: toInstant(key.previousUntilMs),
    status: key.status,
    team: key.teamId,
    account: key.accountId,
    permissions: key.permissions as KeyView['permissions'],
    models: key.models && [...key.models],
    endpoints: key.endpoints && [...key.endpoints],
    expires_at: toInstant(key.expiresAtMs),
    strict: key.isStrict,
    passthrough: key.isPassthrough,
    quota_per_hour: key.quotaPerHour,
    metadata: key.metadata as KeyView['metadata'],
    model_routes: key.modelRoutes,
    last_used_at: toInstant(key.lastUsedAtMs),
    created_at: toInstant(key.createdAtMs),
    updated_at: toInstant(key.updatedAtMs),
    version: key.version,
  }
}

/** A key from a file: shown like the others, but nothing of it can be changed at run time. */
export function viewDeclaredKey(key: VirtualKeyConfig): KeyView {
  return {
    id: key.id,
    name: key.label,
    source: key.source,
    read_only: true,
    secret_hint: null,
    previous_secret_until: null,
    status: key.status,
    team: null,
    account: key.accountId ?? null,
    permissions: [...key.permissions],
    models: key.models === undefined ? null : [...key.models],
    endpoints: null,
    expires_at: null,
    strict: key.strict,
    passthrough: key.passthrough,
    quota_per_hour: key.quotaPerHour,
    metadata: null,
    model_routes: null,
    last_used_at: null,
    created_at: null,
    updated_at: null,
    version: null,
  }
}
