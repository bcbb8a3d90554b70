import * as z from 'zod'
import { describeVault, rotateVaultKey, type VaultState } from '../control/vault-state.ts'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { withDesk } from './open-desk.ts'
import { printAnswer } from './output.ts'
import { formatFields } from './table.ts'

/** What `vault rotate --json` prints. */
export const rotationShape = z.strictObject({
  from: z.string(),
  to: z.string(),
  key_origin: z.string(),
  resealed: z.number().int(),
  unreadable: z.array(z.string()),
})

/** Throws a CommandFailure, empty where all has been said, if something sealed cannot be opened. */
export async function showVault(context: CliContext, options: DeskOptions): Promise<void> {
  const state = await withDesk(context, options, (desk, { store }) => describeVault(store, desk.config))
  printAnswer(context, options, { value: state, text: toText(state) })
  if (state.state === 'locked') throw new CommandFailure(options.quiet === true ? (state.problem ?? '') : '')
}

function toText(vault: VaultState): string {
  const describe = (key: VaultState['current']) => (key === null ? 'none' : `${key.id} (${key.origin})`)
  const counts = Object.entries(vault.sealed_records).map(([id, count]) => `${count} with ${id}`)
  return formatFields([
    ['state', vault.problem === null ? vault.state : `${vault.state}: ${vault.problem}`],
    ['master key', describe(vault.current)],
    ['previous key', describe(vault.previous)],
    ['store belongs to', vault.recorded_key_id ?? 'no key yet'],
    ['sealed records', counts.join(', ') || 'none'],
  ])
}

export async function rotate(context: CliContext, options: DeskOptions): Promise<void> {
  const { stderr } = context
  const onProgress = (resealed: number) => {
    if (options.quiet !== true && stderr.isTTY === true) stderr.write(`\r${countOf(resealed)} sealed anew`)
  }
  const rotation = await withDesk(context, options, (desk, { store }) =>
    rotateVaultKey(desk, store, { source: desk.config, onProgress }),
  )
  const { from, to, resealed, unreadable } = rotation
  const value: z.output<typeof rotationShape> = {
    from: from.id,
    to: to.id,
    key_origin: to.origin,
    resealed,
    unreadable: [...unreadable],
  }
  const text =
    `The master key is now ${to.id} (${to.origin}); ${countOf(resealed)} sealed anew.\n` +
    `Keep the old one, ${from.id}, for as long as you keep backups that were made before.\n`
  if (stderr.isTTY === true) stderr.write('\r')
  printAnswer(context, options, { value, text, quietText: to.id })
  if (unreadable.length === 0) return
  throw new CommandFailure(`Neither key opens these, which are left as they were: ${unreadable.join(', ')}`)
}

function countOf(records: number): string {
  return records === 1 ? '1 record was' : `${records} records were`
}
