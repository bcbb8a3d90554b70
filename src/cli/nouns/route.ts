import { present } from '../../config/present.ts'
import { newRouteShape, type RouteView, routeChangesShape } from '../../control/route-shapes.ts'
import { createRoute, deleteRoute, editRoute, pageRoutes, showRoute } from '../../control/routes.ts'
import { checkInput, requireChanges, requireFlag } from '../check-input.ts'
import type { CliContext } from '../context.ts'
import { cell, type DeskOptions, formatView, type Noun } from '../noun.ts'
import { withDesk } from '../open-desk.ts'
import { printAnswer } from '../output.ts'

export interface RouteFlags {
  readonly sourceModel?: string
  readonly targetModel?: string | null
  readonly targetProvider?: string | null
  readonly priority?: number
  readonly description?: string | null
  readonly strict?: boolean
  readonly disabled?: boolean
}

export const route: Noun<RouteView> = {
  title: 'model route',
  page: pageRoutes,
  show: showRoute,
  switch: (desk, id, to) => editRoute(desk, id, { enabled: to === 'active' }),
  remove: (desk, id) => deleteRoute(desk, id),
  idOf: ({ id }) => id,
  labelOf: ({ id, source_model }) => `${id} for "${source_model}"`,
  header: ['ID', 'SOURCE MODEL', 'TARGET MODEL', 'TARGET PROVIDER', 'PRIORITY', 'ENABLED', 'SOURCE'],
  toRow: (view) => [
    view.id,
    view.source_model,
    cell(view.target_model),
    cell(view.target_provider),
    cell(view.priority),
    view.enabled ? 'yes' : 'no',
    view.source,
  ],
}

export async function addRoute(context: CliContext, options: DeskOptions & RouteFlags): Promise<void> {
  const source_model = requireFlag(options.sourceModel, '--source-model')
  const input = checkInput(newRouteShape, { ...toInput(options), source_model })
  const added = await withDesk(context, options, (desk) => createRoute(desk, input))
  const text = `The model route ${route.labelOf(added)} is made.\n`
  printAnswer(context, options, { value: added, text, quietText: added.id })
}

export async function changeRoute(
  context: CliContext,
  id: string,
  options: DeskOptions & RouteFlags,
): Promise<void> {
  const changes = requireChanges(checkInput(routeChangesShape, toInput(options)))
  const changed = await withDesk(context, options, (desk) => editRoute(desk, id, changes))
  const text = `The model route ${route.labelOf(changed)} is changed.\n\n${formatView(changed)}`
  printAnswer(context, options, { value: changed, text, quietText: changed.id })
}

function toInput(flags: RouteFlags): object {
  return present({
    source_model: flags.sourceModel,
    target_model: flags.targetModel,
    target_provider: flags.targetProvider,
    priority: flags.priority,
    enabled: flags.disabled === true ? false : undefined,
    strict: flags.strict,
    description: flags.description,
  })
}
