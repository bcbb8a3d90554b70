import { readModelRoute } from '../config/stored-entries.ts'
import { GatewayError } from '../core/errors.ts'
import type { Db } from '../store/database.ts'
import {
  getModelRoute,
  insertModelRoute,
  listModelRoutes,
  type ModelRouteChanges,
  type ModelRouteRecord,
  removeModelRoute,
  updateModelRoute,
} from '../store/model-routes.ts'
import type { PageRequest } from '../store/page.ts'
import { audited, type Desk } from './desk.ts'
import { type ListView, pageWithDeclared } from './page-with-declared.ts'
import { requireRouteProvider } from './route-provider.ts'
import {
  type NewRouteInput,
  type RouteChangesInput,
  type RouteView,
  viewDeclaredRoute,
  viewRoute,
} from './route-shapes.ts'

/** Throws `invalid_request` or `unknown_provider` with the path of the field at fault. */
export async function createRoute(desk: Desk, input: NewRouteInput): Promise<RouteView> {
  return await audited(desk, 'create', async (tx) => {
    await requireProvider(desk, tx, input)
    const fields = { ...toFields(input), sourceModel: input.source_model }
    const route = viewRoute(await insertModelRoute(tx, checked(fields), desk.now()))
    return { subject: subjectOf(route), after: route, result: route }
  })
}

/** Routes of the store, newest first; behind the last of them those of the config file. */
export async function pageRoutes(desk: Desk, request: PageRequest): Promise<ListView<RouteView>> {
  return await pageWithDeclared(request, (page) => listModelRoutes(desk.db, page), {
    view: viewRoute,
    declared: desk.config.modelRoutes.routes.map(viewDeclaredRoute),
  })
}

/** Throws `not_found`. */
export async function showRoute(desk: Desk, id: string): Promise<RouteView> {
  const stored = await getModelRoute(desk.db, id)
  if (stored !== undefined) return viewRoute(stored)
  const declared = declaredRoute(desk, id)
  if (declared === undefined) throw noSuchRoute(id)
  return declared
}

/** Throws `not_found`, `read_only`, `version_conflict`, `invalid_request`, `unknown_provider`. */
export async function editRoute(
  desk: Desk,
  id: string,
  changes: RouteChangesInput,
  expectedVersion?: number,
): Promise<RouteView> {
  return await audited(desk, 'update', async (tx) => {
    const before = await requireRoute(desk, tx, id)
    await requireProvider(desk, tx, changes)
    const fields = toFields(changes)
    const options = { expectedVersion, nowMs: desk.now() }
    const after = viewRoute(checked(await updateModelRoute(tx, id, fields, options)))
    return { subject: subjectOf(after), before: viewRoute(before), after, result: after }
  })
}

/** Throws `not_found`, `read_only`, `version_conflict`. */
export async function deleteRoute(desk: Desk, id: string, expectedVersion?: number): Promise<RouteView> {
  return await audited(desk, 'delete', async (tx) => {
    await requireRoute(desk, tx, id)
    const before = viewRoute(await removeModelRoute(tx, id, { expectedVersion }))
    return { subject: subjectOf(before), before, result: before }
  })
}

function toFields(input: RouteChangesInput): ModelRouteChanges {
  return {
    sourceModel: input.source_model,
    targetModel: input.target_model,
    targetProvider: input.target_provider,
    priority: input.priority,
    isEnabled: input.enabled,
    isStrict: input.strict,
    capabilities: input.capabilities,
    description: input.description,
  }
}

async function requireProvider(
  desk: Desk,
  tx: Db,
  { target_provider: name }: RouteChangesInput,
): Promise<void> {
  if (typeof name === 'string') await requireRouteProvider(desk, tx, { name, path: 'target_provider' })
}

/** Throws where a running gateway could not read it. */
function checked<Route extends ModelRouteChanges>(route: Route): Route {
  const { sourceModel, targetModel, targetProvider, priority, capabilities, description } = route
  readModelRoute({
    source_model: sourceModel,
    target_model: targetModel ?? undefined,
    target_provider: targetProvider ?? undefined,
    priority: priority ?? 0,
    capabilities: capabilities ?? undefined,
    description: description ?? undefined,
  })
  return route
}

async function requireRoute(desk: Desk, tx: Db, id: string): Promise<ModelRouteRecord> {
  const route = await getModelRoute(tx, id)
  if (route !== undefined) return route
  if (declaredRoute(desk, id) === undefined) throw noSuchRoute(id)
  throw new GatewayError('read_only', `The route "${id}" is declared in the config file: change it there.`)
}

function declaredRoute(desk: Desk, id: string): RouteView | undefined {
  return desk.config.modelRoutes.routes.map(viewDeclaredRoute).find((route) => route.id === id)
}

function noSuchRoute(id: string): GatewayError {
  return new GatewayError('not_found', `There is no route "${id}".`)
}

function subjectOf({ id, source_model: name }: RouteView) {
  return { type: 'model_route', id, name } as const
}
