import { present } from '../../config/present.ts'
import { type AccountView, accountChangesShape, newAccountShape } from '../../control/account-shapes.ts'
import { addAccount, deleteAccount, editAccount, pageAccounts, showAccount } from '../../control/accounts.ts'
import { PRESETS } from '../../oauth/presets.ts'
import { readOAuthSettings } from '../../oauth/settings.ts'
import { PROVIDERS } from '../../providers/index.ts'
import { isPlacedByBaseUrl } from '../../providers/places.ts'
import { checkInput, requireChanges, requireFlag } from '../check-input.ts'
import type { CliContext } from '../context.ts'
import { CommandFailure, WRONG_USAGE } from '../failure.ts'
import { type DeskOptions, formatView, type Noun } from '../noun.ts'
import { withDesk } from '../open-desk.ts'
import { printAnswer } from '../output.ts'
import { askChoice, askSecret, askText, isInteractive } from '../prompts.ts'
import { readSecret } from '../read-secret.ts'
import { type AccountFlags, toCredential } from './account-flags.ts'

export const account: Noun<AccountView> = {
  title: 'upstream account',
  page: pageAccounts,
  show: showAccount,
  switch: (desk, reference, to) => editAccount(desk, reference, { status: to }),
  remove: (desk, reference) => deleteAccount(desk, reference),
  idOf: ({ id }) => id,
  labelOf: ({ id, name }) => `"${name}" (${id})`,
  header: ['ID', 'NAME', 'PROVIDER', 'TYPE', 'STATUS', 'KEY', 'PRIORITY', 'WEIGHT', 'URL', 'SOURCE'],
  toRow: (view) => [
    view.id,
    view.name,
    view.provider,
    view.type,
    view.status,
    view.credential_hint === null ? (view.has_credential ? 'yes' : '-') : `…${view.credential_hint}`,
    String(view.priority),
    String(view.weight),
    view.base_url ?? '-',
    view.source,
  ],
}

export async function addUpstream(context: CliContext, given: DeskOptions & AccountFlags): Promise<void> {
  const isComplete = given.provider !== undefined && given.name !== undefined
  const flags =
    isComplete || !isInteractive(context) ? given : { ...given, ...(await askForUpstream(context, given)) }
  const provider = requireFlag(flags.provider, '--provider')
  const name = requireFlag(flags.name, '--name')
  const secret = await readSecret(context, flags)
  const type = flags.type ?? typeOf(provider, secret)
  const key = secret ?? (type === 'api-key' ? await missingKey(context) : undefined)
  const credential = toCredential(context, { type, flags, secret: key, known: null })
  const input = { ...presetFields(type, provider), ...toFields(flags), ...credential, name, provider, type }
  const checked = checkInput(newAccountShape, input)
  const added = await withDesk(context, flags, async (desk) => {
    // said now rather than at the first sign-in
    if (type === 'oauth') readOAuthSettings(provider.toLowerCase(), checked.oauth)
    return await addAccount(desk, checked)
  })
  const next =
    type === 'oauth'
      ? `Sign in to it: llm-gateway oauth start ${added.id}\n`
      : `Try it: llm-gateway upstream test ${added.id}\n`
  const text = `The upstream account ${account.labelOf(added)} is added.\n${next}`
  printAnswer(context, flags, { value: added, text, quietText: added.id })
}

export async function changeUpstream(
  context: CliContext,
  reference: string,
  flags: DeskOptions & AccountFlags,
): Promise<void> {
  const secret = await readSecret(context, flags)
  const changed = await withDesk(context, flags, async (desk) => {
    const { type, settings } = await showAccount(desk, reference)
    const credential = toCredential(context, { type, flags, secret, known: settings })
    const given = { ...toFields(flags), ...present({ name: flags.name }), ...credential }
    const changes = requireChanges(checkInput(accountChangesShape, given))
    return await editAccount(desk, reference, changes)
  })
  const text = `The upstream account ${account.labelOf(changed)} is changed.\n\n${formatView(changed)}`
  printAnswer(context, flags, { value: changed, text, quietText: changed.id })
}

/** Where the tokens of a sign-in are used, if that is not the provider's usual address. */
function presetFields(type: string, provider: string): object {
  const baseUrl = type === 'oauth' ? PRESETS[provider.toLowerCase()]?.baseUrl : undefined
  return present({ base_url: baseUrl })
}

/** The provider's own credentials where no key was given; a key is a key everywhere. */
function typeOf(provider: string, secret: string | undefined): string {
  const cloud = PROVIDERS.get(provider.toLowerCase())?.cloud
  return secret === undefined && cloud !== undefined ? cloud : 'api-key'
}

async function missingKey(context: CliContext): Promise<string> {
  if (isInteractive(context)) return await askSecret(context, 'Its API key (nothing if it wants none)')
  const message = "--key is missing: give --key-stdin, --key-file or --key, or --key='' if it wants none."
  throw new CommandFailure(message, WRONG_USAGE)
}

async function askForUpstream(context: CliContext, given: AccountFlags): Promise<AccountFlags> {
  const provider = given.provider ?? (await askProvider(context))
  const name = given.name ?? (await askText(context, { message: 'Name of the account', value: provider }))
  const placeholder = given.baseUrl === undefined ? usualUrl(provider) : undefined
  const baseUrl =
    placeholder === undefined ? undefined : await askText(context, { message: 'Base URL', placeholder })
  return { provider, name, ...present({ baseUrl }) }
}

/** What the base URL looks like of a provider that is somewhere else for everybody. */
function usualUrl(name: string): string | undefined {
  const provider = PROVIDERS.get(name.toLowerCase())
  if (provider?.id === 'openai-compatible') return 'https://…/v1'
  return provider !== undefined && isPlacedByBaseUrl(provider)
    ? provider.origin.replace('{resource}', '…')
    : undefined
}

async function askProvider(context: CliContext): Promise<string> {
  const providers = [...new Set(PROVIDERS.values())]
  const choices = providers.map(({ id, title }) => ({ value: id, label: title, hint: id }))
  return await askChoice(context, 'Which provider?', choices)
}

function toFields(flags: AccountFlags): object {
  return present({
    status: flags.disabled === true ? ('disabled' as const) : undefined,
    base_url: flags.baseUrl,
    dialect: flags.dialect,
    models: flags.models,
    weight: flags.weight,
    priority: flags.priority,
    region: flags.region,
    headers: flags.header,
  })
}
