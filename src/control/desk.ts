import type { Config } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import { appendAudit } from '../store/audit.ts'
import type { Db } from '../store/database.ts'
import { inTransaction } from '../store/transaction.ts'
import type { Vault } from '../vault/vault.ts'

/** Where an operator works, through the admin API or the command line: what every action needs. */
export interface Desk {
  readonly db: Db
  /** Rejects with `vault_locked` where there is no master key that fits. Asked only by actions that seal or open. */
  readonly vault: () => Promise<Vault>
  /** What files and environment declare: shown, but not changed from here. */
  readonly config: Config
  readonly actor: Actor
  readonly now: Clock
  /** The admin API may not point accounts at private networks unless the configuration lets it. */
  readonly mayUsePrivateAddresses: boolean
}

export interface Actor {
  readonly source: 'api' | 'cli'
  /** Such as `admin` or the name of the system's user. */
  readonly name: string
  readonly requestId?: string
}

/** What was done to what, for the audit log. Before and after are what may be shown: they hold no secrets. */
export interface Deed<Result> {
  readonly subject: { readonly type: SubjectType; readonly id: string; readonly name?: string }
  readonly before?: object
  readonly after?: object
  readonly result: Result
}

export type SubjectType = 'virtual_key' | 'team' | 'account' | 'model_route' | 'vault' | 'admin_token'

/** Does something and writes down who did it: both happen, or neither. `action` is a verb such as `create`. */
export async function audited<Result>(
  desk: Desk,
  action: string,
  work: (tx: Db) => Promise<Deed<Result>>,
): Promise<Result> {
  return await inTransaction(desk, async (tx) => {
    const { subject, before, after, result } = await work(tx)
    const entry = {
      actor: desk.actor.name,
      source: desk.actor.source,
      action: `${subject.type}.${action}`,
      subjectType: subject.type,
      subjectId: subject.id,
      subjectName: subject.name ?? null,
      before,
      after,
      requestId: desk.actor.requestId ?? null,
    }
    await appendAudit(tx, entry, desk.now())
    return result
  })
}
