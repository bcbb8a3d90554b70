import * as z from 'zod'
import type { AccountConfig } from '../config/config.ts'
import { openAccount } from '../control/accounts.ts'
import type { ErrorCode } from '../core/errors.ts'
import { TokenSource } from '../oauth/token-source.ts'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { oauthAccount } from './oauth-account.ts'
import { withDesk } from './open-desk.ts'
import { printAnswer } from './output.ts'
import { formatFields } from './table.ts'
import { type Trial, tryAccount } from './try-account.ts'
import { withConnections } from './upstream-connections.ts'

export interface TestOptions {
  readonly model?: string
  /** In milliseconds. */
  readonly timeout: number
}

/** What `upstream test --json` prints. */
export const trialShape = z.strictObject({
  ok: z.boolean(),
  account: z.strictObject({ id: z.string(), name: z.string(), provider: z.string() }),
  model: z.string().nullable(),
  dialect: z.string().nullable(),
  url: z.string(),
  status: z.number().int().nullable(),
  latency_ms: z.number().int(),
  answer: z.string().nullable(),
  error: z.strictObject({ code: z.string(), message: z.string(), advice: z.string() }).nullable(),
})

/** Asks one account for a few tokens. Throws a CommandFailure, empty where all has been said, if it does not answer. */
export async function testUpstream(
  context: CliContext,
  reference: string,
  options: DeskOptions & TestOptions,
): Promise<void> {
  const { model, timeout: timeoutMs } = options
  const [account, trial] = await withDesk(context, options, async (desk) => {
    const found = await openAccount(desk, reference)
    const { config } = desk
    return await withConnections(config, async (connections) => {
      const signedIn =
        found.type === 'oauth' ? new TokenSource(await oauthAccount(desk, found, connections)) : undefined
      return [found, await tryAccount(found, { config, connections, signedIn, model, timeoutMs })] as const
    })
  })
  printAnswer(context, options, { value: toValue(account, trial), text: toText(account, trial) })
  if (trial.error !== undefined) throw new CommandFailure(options.quiet === true ? trial.error.message : '')
}

function toValue(account: AccountConfig, trial: Trial): z.output<typeof trialShape> {
  const { id, name, provider } = account
  const { error } = trial
  return {
    ok: error === undefined,
    account: { id, name, provider },
    model: trial.model ?? null,
    dialect: trial.dialect ?? null,
    url: trial.url,
    status: trial.status ?? null,
    latency_ms: trial.latencyMs,
    answer: trial.text ?? null,
    error:
      error === undefined
        ? null
        : { code: error.code, message: error.message, advice: advise(account, trial) },
  }
}

function toText(account: AccountConfig, trial: Trial): string {
  const { error } = trial
  const fields = formatFields([
    ['account', `${account.name} (${account.provider})`],
    ['model', trial.model ?? 'unknown'],
    ['asked', `${trial.url}${trial.dialect === undefined ? '' : ` (${trial.dialect})`}`],
    ['status', trial.status === undefined ? 'no answer' : String(trial.status)],
    ['took', `${trial.latencyMs} ms`],
    error === undefined ? ['answer', trial.text ?? ''] : ['problem', `${error.message} [${error.code}]`],
  ])
  if (error !== undefined) return `It does not work.\n\n${fields}\n${advise(account, trial)}\n`
  const disabled = account.status === 'disabled' ? ' (It is disabled: the gateway does not use it.)' : ''
  return `It works.${disabled}\n\n${fields}`
}

/** What an operator can do about it, by the code of what went wrong. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  upstream_unreachable:
    'Nothing answers there: check the base URL, the network, and the proxies ("llm-gateway env list").',
  upstream_timeout: 'It takes too long: check the base URL and the proxies, or allow more with --timeout.',
  upstream_rate_limited: 'The credential is accepted, but its quota or its credit is used up for now.',
  upstream_overloaded: 'The credential was not refused; the provider has too much to do. Try again later.',
  upstream_malformed: 'What answers there is not this provider’s API: check the base URL and its path.',
  upstream_cut: 'The answer broke off: something between here and the provider closes connections.',
  model_not_found: 'It does not know this model, or this account may not use it: name another with --model.',
  not_found: 'There is no such endpoint or model: check the base URL, or name another model with --model.',
}

function advise({ name, type }: AccountConfig, { error, status }: Trial): string {
  if (error === undefined) return ''
  if (error.code === 'upstream_credentials_rejected' && type === 'oauth')
    return `Sign in to it: "llm-gateway oauth start ${name}".`
  if (error.code === 'upstream_credentials_rejected')
    return `It refuses the credential: replace it with "llm-gateway upstream edit ${name} --key-stdin".`
  if (status === 404) return ADVICE.not_found ?? ''
  if (status !== undefined && status >= 500) return 'The provider itself fails. Try again later.'
  return ADVICE[error.code] ?? 'It answers, but refuses this request: try another model with --model.'
}
