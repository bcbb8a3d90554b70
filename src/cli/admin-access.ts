import * as z from 'zod'
import { ensureAdminToken, rotateAdminToken } from '../control/admin-token.ts'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { withDesk } from './open-desk.ts'
import { printAnswer } from './output.ts'

export interface TokenOptions {
  readonly rotate?: boolean
}

/** What `admin token --json` prints. */
export const tokenShape = z.strictObject({ token: z.string() })

/** Prints a token that was made just now. Throws a CommandFailure where there is one already, or the configuration names one. */
export async function showToken(context: CliContext, options: DeskOptions & TokenOptions): Promise<void> {
  const token = await withDesk(context, options, async (desk) => {
    if (desk.config.admin.token !== undefined) throw configured(desk.config.origins['admin.token'])
    return options.rotate === true ? await rotateAdminToken(desk) : await ensureAdminToken(desk.db, desk.now)
  })
  if (token === undefined) {
    const message =
      'There is a token already; only its hash is stored. --rotate makes a new one in its place.'
    throw new CommandFailure(message)
  }
  const value: z.output<typeof tokenShape> = { token }
  const text = `The token of the admin API is\n\n  ${token}\n\nIt is shown this once: only its hash is stored.\n`
  printAnswer(context, options, { value, text, quietText: token })
}

function configured(origin: string | undefined): CommandFailure {
  const where = origin === undefined ? '' : ` (${origin})`
  return new CommandFailure(`The configuration names the token of the admin API${where}: change it there.`)
}
