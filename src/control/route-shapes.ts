import * as z from 'zod'
import type { ModelRouteConfig } from '../config/config.ts'
import type { ModelRouteRecord } from '../store/model-routes.ts'
import { id, PRINTABLE, reference, shownInstant, source, toInstant, version } from './fields.ts'

const fields = {
  source_model: reference.meta({
    description: 'The model that a client asks for: exact, `prefix*`, or `*`.',
  }),
  target_model: reference.nullable().meta({ description: 'The model to call instead; null is the same.' }),
  target_provider: reference
    .nullable()
    .meta({ description: 'A provider, or an account by id or name; null lets the model decide.' }),
  priority: z
    .number()
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .meta({ description: 'The highest matching route is used.' }),
  enabled: z.boolean(),
  strict: z.boolean().meta({ description: 'Refuse what cannot be converted exactly.' }),
  capabilities: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'What the model accepts, as `capabilities` of the config file.' }),
  description: z.string().trim().min(1).max(1000).regex(PRINTABLE).nullable(),
}

export const newRouteShape = z.strictObject(fields).partial().required({ source_model: true })
export const routeChangesShape = z.strictObject(fields).partial()

/** A route as it is shown. */
export const routeShape = z.strictObject({
  id,
  source,
  read_only: z.boolean(),
  ...fields,
  created_at: shownInstant,
  updated_at: shownInstant,
  version,
})

export type NewRouteInput = z.output<typeof newRouteShape>
export type RouteChangesInput = z.output<typeof routeChangesShape>
export type RouteView = z.output<typeof routeShape>

export function viewRoute(route: ModelRouteRecord): RouteView {
  return {
    id: route.id,
    source: 'store',
    read_only: false,
    source_model: route.sourceModel,
    target_model: route.targetModel,
    target_provider: route.targetProvider,
    priority: route.priority,
    enabled: route.isEnabled,
    strict: route.isStrict,
    capabilities: route.capabilities,
    description: route.description,
    created_at: toInstant(route.createdAtMs),
    updated_at: toInstant(route.updatedAtMs),
    version: route.version,
  }
}

/** A route of the config file; without an id of its own it is known by its place. */
export function viewDeclaredRoute(route: ModelRouteConfig, index: number): RouteView {
  return {
    id: route.id ?? `config-${index + 1}`,
    source: 'config',
    read_only: true,
    source_model: route.sourceModel,
    target_model: route.targetModel ?? null,
    target_provider: route.targetProvider ?? null,
    priority: route.priority,
    enabled: route.enabled,
    strict: route.strict,
    capabilities: null,
    description: route.description ?? null,
    created_at: null,
    updated_at: null,
    version: null,
  }
}
