import type { AccountConfig } from '../config/config.ts'
import type { SignInView } from '../control/sign-in-shapes.ts'
import { endSignIn as forgetTokens, signInOf } from '../control/sign-ins.ts'
import { refreshTokens } from '../oauth/refresh-tokens.ts'
import { getTokens } from '../store/oauth-tokens.ts'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { withSignIn } from './oauth-account.ts'
import { printAnswer } from './output.ts'
import { formatFields } from './table.ts'

/** Throws a CommandFailure, empty where all has been said, if somebody has to sign in. */
export async function showSignIn(
  context: CliContext,
  reference: string,
  options: DeskOptions,
): Promise<void> {
  const [view, text] = await withSignIn(context, options, reference, async ({ desk, account }) => {
    const found = await signInOf(desk, account)
    return [found, signInText(account, found)] as const
  })
  printAnswer(context, options, { value: view, text })
  if (view.state === 'signed_out' || view.state === 'refresh_failed') throw new CommandFailure('')
}

export async function refreshSignIn(
  context: CliContext,
  reference: string,
  options: DeskOptions,
): Promise<void> {
  await withSignIn(context, options, reference, async ({ desk, account, oauth }) => {
    const before = await getTokens(desk.db, account.id)
    await refreshTokens(oauth, ({ version }) => version !== before?.version)
    const view = await signInOf(desk, account)
    printAnswer(context, options, { value: view, text: signInText(account, view) })
  })
}

export async function endSignIn(context: CliContext, reference: string, options: DeskOptions): Promise<void> {
  await withSignIn(context, options, reference, async ({ desk, account }) => {
    const wasSignedIn = await forgetTokens(desk, account.id)
    if (!wasSignedIn) throw new CommandFailure(`Nobody is signed in to "${account.name}".`)
    const text = `The tokens of "${account.name}" are forgotten; the provider was not told.\n`
    printAnswer(context, options, { value: await signInOf(desk, account), text })
  })
}

const STATES: Readonly<Record<SignInView['state'], string>> = {
  signed_in: 'signed in',
  expired: 'signed in; the access token is over and is replaced with the next request',
  refresh_failed: 'the provider refuses to renew the tokens: sign in again',
  signed_out: 'nobody is signed in',
  pending: 'nobody has agreed yet',
}

export function signInText(account: AccountConfig, view: SignInView): string {
  return formatFields([
    ['account', `${account.name} (${account.provider})`],
    ['state', STATES[view.state]],
    ...(view.expires_at === null ? [] : [['token until', view.expires_at] as const]),
    ...(view.refreshed_at === null ? [] : [['renewed', view.refreshed_at] as const]),
    ...(view.failure === null ? [] : [['problem', view.failure] as const]),
  ])
}
