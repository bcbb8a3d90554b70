import { present } from '../config/present.ts'
import { readModelRoutes } from '../config/stored-entries.ts'
import type { TeamRecord } from '../store/teams.ts'
import type { VirtualKeyRecord } from '../store/virtual-keys.ts'
import type { VirtualKey } from './directory.ts'

/** A stored key as requests use it. A key of a disabled team is disabled. */
export function toVirtualKey(record: VirtualKeyRecord, team: TeamRecord | undefined): VirtualKey {
  const isActive = record.status === 'active' && (team === undefined || team.status === 'active')
  return {
    id: record.id,
    name: record.name,
    label: record.name,
    secretSha256: record.secretSha256,
    source: 'store',
    quotaPerHour: record.quotaPerHour,
    passthrough: record.isPassthrough,
    strict: record.isStrict,
    permissions: record.permissions.filter(isPermission),
    status: isActive ? 'active' : 'disabled',
    ...present({
      accountId: record.accountId ?? undefined,
      models: record.models ?? undefined,
      endpoints: record.endpoints ?? undefined,
      expiresAtMs: record.expiresAtMs ?? undefined,
      modelRoutes: record.modelRoutes === null ? undefined : readModelRoutes(record.modelRoutes),
      teamId: team?.id,
      teamModels: team?.models ?? undefined,
      teamEndpoints: team?.endpoints ?? undefined,
    }),
  }
}

function isPermission(word: string): word is 'read' | 'write' {
  return word === 'read' || word === 'write'
}
