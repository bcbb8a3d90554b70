import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { absolutePath } from '../../config/places.ts'
import { present } from '../../config/present.ts'
import { type KeyView, keyChangesShape, newKeyShape } from '../../control/key-shapes.ts'
import {
  deleteKey,
  editKey,
  type IssuedKey,
  issueKey,
  pageKeys,
  rotateKey,
  showKey,
} from '../../control/keys.ts'
import { formatDuration } from '../../core/duration.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { checkInput, requireChanges, requireFlag } from '../check-input.ts'
import type { CliContext } from '../context.ts'
import { CommandFailure, errorCodeOf, WRONG_USAGE } from '../failure.ts'
import { cell, type DeskOptions, formatView, type Noun, shortTime } from '../noun.ts'
import { withDesk } from '../open-desk.ts'
import { printAnswer } from '../output.ts'
import { askChoices, askText, isInteractive } from '../prompts.ts'

export interface KeyFlags {
  readonly name?: string
  readonly permissions?: readonly string[] | null
  readonly team?: string | null
  readonly account?: string | null
  readonly models?: readonly string[] | null
  readonly endpoints?: readonly string[] | null
  readonly expires?: string | null
  readonly quota?: number | null
  readonly metadata?: Readonly<Record<string, string>> | null
  readonly routesFile?: string
  readonly strict?: boolean
  readonly passthrough?: boolean
  readonly disabled?: boolean
}

export interface RotateOptions {
  /** In milliseconds. */
  readonly grace: number
}

export const virtualKey: Noun<KeyView> = {
  title: 'virtual key',
  page: pageKeys,
  show: showKey,
  switch: (desk, reference, to) => editKey(desk, reference, { status: to }),
  remove: (desk, reference) => deleteKey(desk, reference),
  idOf: ({ id }) => id,
  labelOf: ({ id, name }) => `"${name}" (${id})`,
  header: ['ID', 'NAME', 'KEY', 'STATUS', 'PERMISSIONS', 'MODELS', 'EXPIRES', 'LAST USED', 'SOURCE'],
  toRow: (key) => [
    key.id,
    key.name,
    key.secret_hint === null ? '-' : `…${key.secret_hint}`,
    hasExpired(key) ? 'expired' : key.status,
    key.permissions.join(','),
    key.models === null ? 'all' : cell(key.models),
    shortTime(key.expires_at),
    shortTime(key.last_used_at),
    key.source,
  ],
}

/** Such a key is refused, though nobody has switched it off. */
function hasExpired({ status, expires_at }: KeyView): boolean {
  return status === 'active' && expires_at !== null && Date.parse(expires_at) <= Date.now()
}

export async function addKey(context: CliContext, options: DeskOptions & KeyFlags): Promise<void> {
  const flags = options.name === undefined && isInteractive(context) ? await askForKey(context) : options
  const name = requireFlag(flags.name, '--name')
  const input = checkInput(newKeyShape, { ...(await toInput(context, { ...options, ...flags })), name })
  const key = await withDesk(context, options, (desk) => issueKey(desk, input))
  printAnswer(context, options, { value: key, text: issuedText(key), quietText: key.secret })
}

/** What cannot be left out, and what most people want to say. */
async function askForKey(context: CliContext): Promise<KeyFlags & { readonly name: string }> {
  const name = await askText(context, { message: 'Name of the key', placeholder: 'team-api' })
  const permissions = await askChoices(context, 'What may it do?', {
    choices: [
      { value: 'read', label: 'read', hint: 'list models, see its own usage' },
      { value: 'write', label: 'write', hint: 'ask models' },
    ],
    chosen: ['read', 'write'],
  })
  return { name, permissions }
}

export async function changeKey(
  context: CliContext,
  reference: string,
  options: DeskOptions & KeyFlags,
): Promise<void> {
  const changes = requireChanges(checkInput(keyChangesShape, await toInput(context, options)))
  const key = await withDesk(context, options, (desk) => editKey(desk, reference, changes))
  const text = `The virtual key ${virtualKey.labelOf(key)} is changed.\n\n${formatView(key)}`
  printAnswer(context, options, { value: key, text, quietText: key.id })
}

export async function replaceKey(
  context: CliContext,
  reference: string,
  options: DeskOptions & RotateOptions,
): Promise<void> {
  const graceSeconds = Math.ceil(options.grace / 1000)
  const key = await withDesk(context, options, (desk) => rotateKey(desk, reference, { graceSeconds }))
  const grace =
    graceSeconds === 0
      ? 'The old key is refused from now on.'
      : `The old key works for ${formatDuration(graceSeconds * 1000)} more.`
  printAnswer(context, options, {
    value: key,
    text: `${issuedText(key)}${grace}\n`,
    quietText: key.secret,
  })
}

function issuedText(key: IssuedKey): string {
  return (
    `The virtual key ${virtualKey.labelOf(key)} is\n\n  ${key.secret}\n\n` +
    'It is shown this once: only its hash is stored. Keep it where the client finds it.\n'
  )
}

async function toInput(context: CliContext, flags: KeyFlags): Promise<object> {
  return present({
    name: flags.name,
    status: flags.disabled === true ? ('disabled' as const) : undefined,
    team: flags.team,
    account: flags.account,
    permissions: flags.permissions,
    models: flags.models,
    endpoints: flags.endpoints,
    expires_at: flags.expires,
    strict: flags.strict,
    passthrough: flags.passthrough,
    quota_per_hour: flags.quota,
    metadata: flags.metadata,
    model_routes: flags.routesFile === undefined ? undefined : await readRoutes(context, flags.routesFile),
  })
}

/** `model_routes` of a file: what stands below that name, or the whole file. An empty name takes the routes away. */
async function readRoutes(context: CliContext, written: string): Promise<JsonObject | null> {
  if (written === '') return null
  const file = absolutePath(written, context)
  const value = parse(await readRoutesFile(file)) as unknown
  const routes = isJsonObject(value) && 'model_routes' in value ? value.model_routes : value
  if (isJsonObject(routes)) return routes
  if (Array.isArray(routes)) return { routes }
  throw new CommandFailure(`${file} holds no routes.`, WRONG_USAGE)
}

async function readRoutesFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CommandFailure(`Cannot read ${file} (${errorCodeOf(error) ?? 'it cannot be opened'}).`)
  }
}
