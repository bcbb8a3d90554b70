import { present } from '../../config/present.ts'
import { newTeamShape, type TeamView, teamChangesShape } from '../../control/team-shapes.ts'
import { createTeam, deleteTeam, editTeam, pageTeams, showTeam } from '../../control/teams.ts'
import { checkInput, requireChanges, requireFlag } from '../check-input.ts'
import type { CliContext } from '../context.ts'
import { cell, type DeskOptions, formatView, type Noun } from '../noun.ts'
import { withDesk } from '../open-desk.ts'
import { printAnswer } from '../output.ts'

export interface TeamFlags {
  readonly name?: string
  readonly models?: readonly string[] | null
  readonly endpoints?: readonly string[] | null
  readonly metadata?: Readonly<Record<string, string>> | null
  readonly disabled?: boolean
}

export const team: Noun<TeamView> = {
  title: 'team',
  page: pageTeams,
  show: showTeam,
  switch: (desk, reference, to) => editTeam(desk, reference, { status: to }),
  remove: (desk, reference) => deleteTeam(desk, reference),
  idOf: ({ id }) => id,
  labelOf: ({ id, name }) => `"${name}" (${id})`,
  header: ['ID', 'NAME', 'STATUS', 'MODELS', 'ENDPOINTS'],
  toRow: ({ id, name, status, models, endpoints }) => [
    id,
    name,
    status,
    models === null ? 'all' : cell(models),
    endpoints === null ? 'all' : cell(endpoints),
  ],
}

export async function addTeam(context: CliContext, options: DeskOptions & TeamFlags): Promise<void> {
  const name = requireFlag(options.name, '--name')
  const input = checkInput(newTeamShape, { ...toInput(options), name })
  const added = await withDesk(context, options, (desk) => createTeam(desk, input))
  const text = `The team ${team.labelOf(added)} is made.\n`
  printAnswer(context, options, { value: added, text, quietText: added.id })
}

export async function changeTeam(
  context: CliContext,
  reference: string,
  options: DeskOptions & TeamFlags,
): Promise<void> {
  const changes = requireChanges(checkInput(teamChangesShape, toInput(options)))
  const changed = await withDesk(context, options, (desk) => editTeam(desk, reference, changes))
  const text = `The team ${team.labelOf(changed)} is changed.\n\n${formatView(changed)}`
  printAnswer(context, options, { value: changed, text, quietText: changed.id })
}

function toInput({ name, models, endpoints, metadata, disabled }: TeamFlags): object {
  const status = disabled === true ? ('disabled' as const) : undefined
  return present({ name, status, models, endpoints, metadata })
}
