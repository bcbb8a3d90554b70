import { audited } from '../control/desk.ts'
import type { BegunSignIn } from '../control/sign-in-shapes.ts'
import { signInOf } from '../control/sign-ins.ts'
import { type CodeFlow, completeCodeFlow, startCodeFlow } from '../oauth/code-flow.ts'
import { startDeviceFlow, waitForDevice } from '../oauth/device-flow.ts'
import { openLoopback } from '../oauth/loopback.ts'
import { PRESETS } from '../oauth/presets.ts'
import type { SignedIn } from '../oauth/sign-in.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, WRONG_USAGE } from './failure.ts'
import type { DeskOptions } from './noun.ts'
import { type SignInDesk, withSignIn } from './oauth-account.ts'
import { signInText } from './oauth-state.ts'
import { printAnswer } from './output.ts'
import { askText, isInteractive } from './prompts.ts'

export interface StartOptions {
  readonly loopback?: boolean
  readonly wait: boolean
}

export interface CallbackOptions {
  readonly flow?: string
}

type Options = DeskOptions & StartOptions

/** Signs in by whichever flow the account's provider has. What people have to do stands on stderr, the result on stdout. */
export async function startSignIn(context: CliContext, reference: string, options: Options): Promise<void> {
  await withSignIn(context, options, reference, async (open) => {
    const { settings } = open.oauth.server
    const caution = PRESETS[open.account.provider]?.caution
    if (caution !== undefined && options.quiet !== true) context.stderr.write(`${caution}\n\n`)
    if (settings.authorizationEndpoint === undefined) await signInByDevice(context, options, open)
    else if (options.wait && (options.loopback === true || settings.redirectUri === undefined))
      await signInByLoopback(context, options, open)
    else await signInByCode(context, options, open)
  })
}

/** Ends a sign-in with what the browser ended with. */
export async function finishSignIn(
  context: CliContext,
  { reference, code }: { readonly reference: string; readonly code: string | undefined },
  options: DeskOptions & CallbackOptions,
): Promise<void> {
  await withSignIn(context, options, reference, async (open) => {
    const pasted = code ?? (await askForCode(context))
    await completeCodeFlow(open.oauth, { pasted, flowId: options.flow })
    await report(context, options, open)
  })
}

async function signInByDevice(context: CliContext, options: Options, open: SignInDesk): Promise<void> {
  const flow = await startDeviceFlow(open.oauth)
  const url = flow.verificationUriComplete ?? flow.verificationUri
  context.stderr.write(`Open ${url}\nand enter the code ${flow.userCode}\n\nWaiting …\n`)
  await waitFor(context, (signal) => waitForDevice(open.oauth, flow, signal))
  await report(context, options, open)
}

async function signInByLoopback(context: CliContext, options: Options, open: SignInDesk): Promise<void> {
  const loopback = await openLoopback(open.oauth.server.settings)
  try {
    const flow = await startCodeFlow(open.oauth, { redirectUri: loopback.redirectUri })
    context.stderr.write(`Open this in a browser on this machine:\n\n  ${flow.url}\n\nWaiting …\n`)
    await waitFor(context, async (signal) => {
      const late = AbortSignal.timeout(Math.max(0, flow.expiresAtMs - open.desk.now()))
      const pasted = await loopback.waitFor(flow.id, AbortSignal.any([signal, late]))
      return await completeCodeFlow(open.oauth, { pasted, flowId: flow.id })
    })
  } finally {
    await loopback.close()
  }
  await report(context, options, open)
}

async function signInByCode(context: CliContext, options: Options, open: SignInDesk): Promise<void> {
  const flow = await startCodeFlow(open.oauth)
  if (!options.wait || !isInteractive(context)) {
    printFlow(context, options, open, flow)
    return
  }
  context.stderr.write(`Open this in a browser, sign in, and bring the code back:\n\n  ${flow.url}\n\n`)
  const pasted = await askText(context, { message: 'The code, or the address that the browser ended at' })
  await completeCodeFlow(open.oauth, { pasted, flowId: flow.id })
  await report(context, options, open)
}

function printFlow(context: CliContext, options: Options, { account }: SignInDesk, flow: CodeFlow): void {
  const { name, provider } = account
  const value: BegunSignIn = {
    flow: 'code',
    id: flow.id,
    expires_at: new Date(flow.expiresAtMs).toISOString(),
    caution: PRESETS[provider]?.caution ?? null,
    url: flow.url,
    redirect_uri: flow.redirectUri,
  }
  const text =
    `Open this in a browser, and sign in:\n\n  ${flow.url}\n\n` +
    `Then, within 15 minutes: llm-gateway oauth callback ${name} --flow ${flow.id} <code>\n`
  printAnswer(context, options, { value, text, quietText: flow.url })
}

/** Ctrl-C ends the wait. */
async function waitFor(
  { events }: CliContext,
  work: (signal: AbortSignal) => Promise<SignedIn>,
): Promise<void> {
  const waiting = new AbortController()
  const onInterrupt = () => waiting.abort(new CommandFailure('Cancelled: nobody is signed in.'))
  events.on('SIGINT', onInterrupt)
  try {
    await work(waiting.signal)
  } catch (error) {
    if (waiting.signal.aborted) throw waiting.signal.reason
    if (error instanceof DOMException) throw new CommandFailure('Nobody signed in in time.')
    throw error
  } finally {
    events.off('SIGINT', onInterrupt)
  }
}

async function report(
  context: CliContext,
  options: DeskOptions,
  { desk, account }: SignInDesk,
): Promise<void> {
  const { id, name } = account
  await audited(desk, 'sign_in', () =>
    Promise.resolve({ subject: { type: 'account', id, name }, result: undefined }),
  )
  const view = await signInOf(desk, account)
  printAnswer(context, options, {
    value: view,
    text: `Signed in.\n\n${signInText(account, view)}`,
    quietText: id,
  })
}

async function askForCode(context: CliContext): Promise<string> {
  if (isInteractive(context))
    return await askText(context, { message: 'The code, or the address that the browser ended at' })
  let text = ''
  context.stdin.setEncoding('utf8')
  for await (const chunk of context.stdin) text += String(chunk)
  if (text.trim() === '') throw new CommandFailure('The code is missing.', WRONG_USAGE)
  return text
}
