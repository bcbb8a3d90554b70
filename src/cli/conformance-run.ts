import { type FamilyUrls, readBaseUrl } from '../conformance/base-url.ts'
import { RATE_LIMITED } from '../conformance/check.ts'
import { CHECKS } from '../conformance/checks/index.ts'
import { NoAnswer, type Server } from '../conformance/exchange.ts'
import { FORMAT_NAMES, type FormatName } from '../conformance/format.ts'
import { pickModel } from '../conformance/pick-model.ts'
import { runChecks } from '../conformance/run.ts'
import { compileSecrets } from '../telemetry/secret-pattern.ts'
import { describeReport, type Report, valueOfReport } from './conformance-report.ts'
import type { CliContext } from './context.ts'
import { CommandFailure, WRONG_USAGE } from './failure.ts'
import { type GlobalOptions, printAnswer } from './output.ts'
import { readSecret, type SecretOptions } from './read-secret.ts'

const DEFAULT_TIMEOUT_MS = 60_000

export interface ConformanceOptions extends GlobalOptions, SecretOptions {
  readonly baseUrl: string
  readonly model?: string
  readonly format?: readonly FormatName[]
  /** In milliseconds; a minute by default. */
  readonly timeout?: number
  readonly concurrency: number
}

/** Examines the server and prints what was found. Throws a CommandFailure where a check fails, or nothing could be examined. */
export async function examine(context: CliContext, options: ConformanceOptions): Promise<void> {
  const { baseUrl, timeout: timeoutMs = DEFAULT_TIMEOUT_MS, concurrency, format } = options
  const server: Server = { urls: urlsOf(baseUrl), key: await keyOf(context, options), timeoutMs }
  const model = options.model ?? (await listedModel(server))
  const { inText } = compileSecrets([server.key])
  const formats = format ?? FORMAT_NAMES
  const progress = showProgress(context, options, formats)
  const results = await runChecks({
    server,
    model,
    formats,
    absent: format === undefined ? 'left out' : 'failed',
    concurrency,
    onResult: progress.step,
    redact: (text) => (inText === null ? text : text.replace(inText, '[redacted]')),
  }).finally(progress.clear)
  const report: Report = { baseUrl: withoutCredentials(baseUrl), model, formats: results }
  printAnswer(context, options, { value: valueOfReport(report), text: describeReport(report) })
  const { failed, offered } = valueOfReport(report).summary
  if (offered === 0) throw new CommandFailure('The server offers none of these formats.')
  const problems = [failedSentence(failed), limitedSentence(report)].filter((sentence) => sentence !== '')
  if (problems.length > 0) throw new CommandFailure(problems.join(' '))
}

function failedSentence(count: number): string {
  return count === 0 ? '' : `${count} check${count === 1 ? '' : 's'} failed.`
}

/** What was not examined has not passed. */
function limitedSentence({ formats }: Report): string {
  const verdicts = formats.flatMap(({ results }) => results.map(({ verdict }) => verdict))
  const count = verdicts.filter(
    (verdict) => verdict.outcome === 'skip' && verdict.why === RATE_LIMITED,
  ).length
  if (count === 0) return ''
  const checks = `${count} check${count === 1 ? '' : 's'}`
  return `${checks} could not be made: ${RATE_LIMITED}. Try later, with --format, or with a key that allows more.`
}

function urlsOf(baseUrl: string): FamilyUrls {
  const urls = readBaseUrl(baseUrl)
  if (urls !== undefined) return urls
  throw new CommandFailure('--base-url must be an address such as http://127.0.0.1:8080.', WRONG_USAGE)
}

async function keyOf(context: CliContext, options: ConformanceOptions): Promise<string> {
  const key = (await readSecret(context, options)) ?? context.environment.LLM_GATEWAY_KEY?.trim()
  if (key !== undefined) return key
  const message = "Which key? Give one with --key-stdin, --key or LLM_GATEWAY_KEY; --key '' if there is none."
  throw new CommandFailure(message, WRONG_USAGE)
}

async function listedModel(server: Server): Promise<string> {
  const picked = await pickModel(server).catch((error: unknown) => {
    throw error instanceof NoAnswer ? new CommandFailure(`There is no answer from ${error.message}.`) : error
  })
  if (typeof picked === 'string') return picked
  const refusal = picked.find(({ status }) => status === 401 || status === 403)
  if (refusal !== undefined && picked.every(({ status }) => status !== 200))
    throw new CommandFailure(`The server refuses the key: ${refusal.request} answered ${refusal.status}.`)
  const [first] = picked
  const asked = first === undefined ? '' : ` (${first.request} answered ${first.status})`
  const message = `Which model? The server lists none that this key may see${asked}; give one with --model.`
  throw new CommandFailure(message, WRONG_USAGE)
}

function withoutCredentials(baseUrl: string): string {
  const url = new URL(baseUrl)
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

interface Progress {
  readonly step: (format: FormatName, result: { readonly id: string }) => void
  readonly clear: () => void
}

/** One line on a terminal that is written over and over. */
function showProgress(
  { stderr }: CliContext,
  { quiet }: ConformanceOptions,
  formats: readonly FormatName[],
): Progress {
  if (stderr.isTTY !== true || quiet === true) return { step: () => {}, clear: () => {} }
  const total = formats.reduce((sum, format) => sum + CHECKS[format].length, 0)
  let done = 0
  return {
    step: (format, { id }) => void stderr.write(`\r\u001b[K${++done}/${total} ${format} ${id}`),
    clear: () => void stderr.write('\r\u001b[K'),
  }
}
