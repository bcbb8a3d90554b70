import type { AccountConfig } from '../config/config.ts'
import { openAccount } from '../control/accounts.ts'
import type { Desk } from '../control/desk.ts'
import { toOAuthAccount } from '../control/oauth-accounts.ts'
import type { OAuthAccount } from '../oauth/sign-in.ts'
import type { UpstreamConnections } from '../upstream/connections.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, WRONG_USAGE } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { withDesk } from './open-desk.ts'
import { withConnections } from './upstream-connections.ts'

/** An account that people sign in to, with all that signing in takes. */
export interface SignInDesk {
  readonly desk: Desk
  readonly account: AccountConfig
  readonly oauth: OAuthAccount
}

/** Opens the desk for the sign-in of one account. Throws a CommandFailure for an account of another type. */
export async function withSignIn<Result>(
  context: CliContext,
  options: DeskOptions,
  reference: string,
  work: (open: SignInDesk) => Promise<Result>,
): Promise<Result> {
  return await withDesk(context, options, async (desk) => {
    const account = await openAccount(desk, reference)
    if (account.type !== 'oauth') {
      const message = `The account "${account.name}" is of type ${account.type}: nobody signs in to it.`
      throw new CommandFailure(message, WRONG_USAGE)
    }
    return await withConnections(desk.config, async (connections) =>
      work({ desk, account, oauth: await oauthAccount(desk, account, connections) }),
    )
  })
}

/** The account as the sign-in code wants it. Throws `invalid_request` for settings that cannot be used, `vault_locked`. */
export async function oauthAccount(
  desk: Desk,
  account: AccountConfig,
  connections: UpstreamConnections,
): Promise<OAuthAccount> {
  const { db, now } = desk
  return toOAuthAccount(account, { db, vault: await desk.vault(), now, connections: () => connections })
}
