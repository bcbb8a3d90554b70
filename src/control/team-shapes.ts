import * as z from 'zod'
import type { TeamRecord } from '../store/teams.ts'
import { activeOrDisabled, id, metadata, name, patterns, shownInstant, toInstant, version } from './fields.ts'

const fields = { name, status: activeOrDisabled, models: patterns, endpoints: patterns, metadata }

export const newTeamShape = z.strictObject(fields).partial().required({ name: true })
export const teamChangesShape = z.strictObject(fields).partial()

/** A team as it is shown. */
export const teamShape = z.strictObject({
  id,
  ...fields,
  created_at: shownInstant,
  updated_at: shownInstant,
  version,
})

export type NewTeamInput = z.output<typeof newTeamShape>
export type TeamChangesInput = z.output<typeof teamChangesShape>
export type TeamView = z.output<typeof teamShape>

export function viewTeam(team: TeamRecord): TeamView {
  const { createdAtMs, updatedAtMs, metadata: own, models, endpoints, ...same } = team
  return {
    ...same,
    models: models && [...models],
    endpoints: endpoints && [...endpoints],
    metadata: own as TeamView['metadata'],
    created_at: toInstant(createdAtMs),
    updated_at: toInstant(updatedAtMs),
  }
}
