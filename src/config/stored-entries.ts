import type * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import type { AccountConfig, ModelRouteConfig, ModelRoutesConfig } from './config.ts'
import { toAccount, toModelRoutes } from './declared.ts'
import { modelRoutes, upstreamAccount } from './entries.ts'

// What is kept in the store has the shape of the config file's entries, so that both are checked and read in one way.

/** An entry of `upstream_accounts` as an account. Throws `invalid_request` with the path of the field at fault. */
export function readAccountEntry(entry: unknown): AccountConfig {
  return { ...toAccount(parse(upstreamAccount, entry, '')), source: 'store' }
}

/** A key's own `model_routes`. Throws `invalid_request` with the path of the field at fault. */
export function readModelRoutes(entry: unknown): ModelRoutesConfig {
  return toModelRoutes(parse(modelRoutes, entry, 'model_routes'))
}

/** One route of `model_routes.routes`. Throws `invalid_request` with the path of the field at fault. */
export function readModelRoute(entry: unknown): ModelRouteConfig {
  const [route] = toModelRoutes(parse(modelRoutes, { routes: [entry] }, '')).routes
  if (route === undefined) throw new GatewayError('internal', 'A route went missing.')
  return route
}

function parse<Schema extends z.ZodType>(schema: Schema, entry: unknown, root: string): z.output<Schema> {
  const result = schema.safeParse(entry)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const steps = issue?.path.filter((step, index) => !(index < 2 && (step === 'routes' || step === 0))) ?? []
  const path = [root, ...steps.map(String)].filter(Boolean).join('.')
  throw new GatewayError('invalid_request', `"${path}" ${issue?.message ?? 'cannot be used'}.`, { path })
}
