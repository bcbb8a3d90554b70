import { GatewayError } from '../core/errors.ts'
import type { Db } from '../store/database.ts'
import type { PageRequest } from '../store/page.ts'
import { getTeam, insertTeam, listTeams, removeTeam, type TeamRecord, updateTeam } from '../store/teams.ts'
import { audited, type Desk } from './desk.ts'
import type { ListView } from './page-with-declared.ts'
import { type NewTeamInput, type TeamChangesInput, type TeamView, viewTeam } from './team-shapes.ts'

/** Throws `conflict` where the name is taken. */
export async function createTeam(desk: Desk, input: NewTeamInput): Promise<TeamView> {
  return await audited(desk, 'create', async (tx) => {
    const team = viewTeam(await insertTeam(tx, input, desk.now()))
    return { subject: subjectOf(team), after: team, result: team }
  })
}

/** Throws `not_found`. */
export async function showTeam(desk: Desk, idOrName: string): Promise<TeamView> {
  return viewTeam(await requireTeam(desk.db, idOrName))
}

export async function pageTeams(desk: Desk, request: PageRequest): Promise<ListView<TeamView>> {
  const { items, nextCursor } = await listTeams(desk.db, request)
  return { items: items.map(viewTeam), next_cursor: nextCursor }
}

/** Throws `not_found`, `version_conflict`, `conflict`. */
export async function editTeam(
  desk: Desk,
  idOrName: string,
  changes: TeamChangesInput,
  expectedVersion?: number,
): Promise<TeamView> {
  return await audited(desk, 'update', async (tx) => {
    const before = viewTeam(await requireTeam(tx, idOrName))
    const after = viewTeam(await updateTeam(tx, before.id, changes, { expectedVersion, nowMs: desk.now() }))
    return { subject: subjectOf(after), before, after, result: after }
  })
}

/** Throws `not_found`, `version_conflict`, and `conflict` while it has keys. */
export async function deleteTeam(desk: Desk, idOrName: string, expectedVersion?: number): Promise<TeamView> {
  return await audited(desk, 'delete', async (tx) => {
    const { id } = await requireTeam(tx, idOrName)
    const before = viewTeam(await removeTeam(tx, id, { expectedVersion }))
    return { subject: subjectOf(before), before, result: before }
  })
}

/** The team of this id or name. Throws `not_found`. */
export async function requireTeam(db: Db, idOrName: string): Promise<TeamRecord> {
  const team = await getTeam(db, idOrName)
  if (team === undefined) throw new GatewayError('not_found', `There is no team "${idOrName}".`)
  return team
}

function subjectOf({ id, name }: TeamView) {
  return { type: 'team', id, name } as const
}
