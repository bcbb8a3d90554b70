import type { AccountConfig, Config } from '../config/config.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { ChatRequest } from '../ir/request.ts'
import { conversationPath } from '../pipeline/conversation-path.ts'
import { guardOf } from '../pipeline/credential-guard.ts'
import { Credentials } from '../pipeline/credentials.ts'
import { encodeForTarget, type TargetRequest } from '../pipeline/encode-for-target.ts'
import { putInEnvelope } from '../pipeline/envelope.ts'
import { ModelDirectory } from '../pipeline/model-directory.ts'
import { buildSnapshot } from '../pipeline/snapshot.ts'
import { type Account, keyHeader } from '../routing/account.ts'
import { dialectsOf, type Target } from '../routing/plan.ts'
import type { UpstreamConnections, UpstreamRequest } from '../upstream/connections.ts'
import type { Credential } from '../upstream/credential.ts'
import { exampleModelFor } from './example-models.ts'
import { CommandFailure, WRONG_USAGE } from './failure.ts'

/** What became of one small request to an account. */
export interface Trial {
  /** Undefined where it could not even be found out which to ask. */
  readonly model: string | undefined
  /** The format that it was spoken to in. */
  readonly dialect: string | undefined
  /** Where it was reached. */
  readonly url: string
  /** Undefined where no answer came. */
  readonly status: number | undefined
  readonly latencyMs: number
  /** What it said; undefined where it failed. */
  readonly text: string | undefined
  readonly error: GatewayError | undefined
}

export interface TrialOptions {
  readonly config: Config
  readonly connections: UpstreamConnections
  /** The tokens of an account that somebody signed in to. */
  readonly signedIn: Credential | undefined
  readonly model: string | undefined
  readonly timeoutMs: number
}

/** The least that every API takes. */
const MAX_OUTPUT_TOKENS = 16

/**
 * Asks an account for a few tokens as the gateway itself would, in the format that it converts into. Whatever goes wrong on the way is in the result; a
 * model that nobody named and that cannot be found out is a CommandFailure.
 */
export async function tryAccount(account: AccountConfig, options: TrialOptions): Promise<Trial> {
  const credentials = new Credentials(() => options.signedIn)
  const snapshot = buildSnapshot({ ...options.config, accounts: [account] }, credentials)
  const built = snapshot.accountById.get(account.id)
  if (built !== undefined) return await ask(built, account, options)
  const unplaced = snapshot.unusable.get(account.id)
  if (unplaced !== undefined) throw new CommandFailure(unplaced.message)
  const message = `Nobody knows the provider "${account.provider}" and where it is: give the account a base URL.`
  throw new CommandFailure(message)
}

async function ask(account: Account, config: AccountConfig, asking: TrialOptions): Promise<Trial> {
  const startedTick = performance.now()
  let trial: Omit<Trial, 'latencyMs' | 'error'> = {
    model: undefined,
    dialect: undefined,
    url: account.address.origin + account.address.prefix,
    status: undefined,
    text: undefined,
  }
  const spent = () => Math.round(performance.now() - startedTick)
  try {
    const model = asking.model ?? exampleModelFor(config) ?? (await firstModel(account, asking.connections))
    trial = { ...trial, model }
    const target = { account, model, dialects: dialectsOf(account, model) }
    const written = encodeForTarget(question(model), target)
    const request = await buildRequest(target, written, model)
    trial = { ...trial, dialect: written.dialect.id, url: request.origin + request.path }
    const reason = new GatewayError('upstream_timeout', 'It did not answer in time.')
    const { status, body } = await asking.connections.fetchWhole(request, asking.timeoutMs, reason)
    trial = { ...trial, status }
    const text = readAnswer(written, account, status, body)
    return { ...trial, text, latencyMs: spent(), error: undefined }
  } catch (thrown) {
    if (thrown instanceof CommandFailure) throw thrown
    return { ...trial, latencyMs: spent(), error: toGatewayError(thrown) }
  }
}

async function buildRequest(
  { account }: Target,
  { dialect, encoded }: TargetRequest,
  model: string,
): Promise<UpstreamRequest> {
  const { family } = dialect
  const path = conversationPath(account, dialect.id, model, false)
  if (path === undefined)
    throw new GatewayError('not_found', `${account.provider.title} has no conversations here.`)
  const headers = {
    ...account.provider.defaultHeaders?.[family],
    'accept-encoding': 'identity',
    ...account.headers,
    ...keyHeader(account, family),
    ...encoded.headers,
    'content-type': 'application/json',
  }
  const body = Buffer.from(JSON.stringify(encoded.body))
  const written = {
    origin: account.address.origin,
    path,
    method: 'POST',
    headers,
    body,
    isPublicOnly: account.isPublicOnly,
  }
  const upstream = putInEnvelope(written, account.provider.envelopes?.[dialect.id])
  const proof = await account.credential?.authorise(upstream)
  return { ...upstream, headers: { ...upstream.headers, ...proof } }
}

/** The text of the answer. Throws what the provider said went wrong, without the credential should it quote that. */
function readAnswer(written: TargetRequest, account: Account, status: number, body: Buffer): string {
  const clean = guardOf(account).bytes(body).toString('utf8')
  const json = parseJson(clean)
  const said = json === undefined ? undefined : written.dialect.readAnswer(json).error
  if (status >= 200 && status <= 299 && json !== undefined && said === undefined) {
    const { parts } = written.converter.decodeResponse(json)
    return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  }
  const words = said?.message ?? clean.replace(/\s+/g, ' ').trim().slice(0, 200)
  const code = codeOf(status, said)
  throw new GatewayError(code, words === '' ? `It answered ${status} without a word.` : words, {
    upstreamStatus: status,
  })
}

function codeOf(status: number, said: GatewayError | undefined): GatewayError['code'] {
  if (status === 401 || status === 403) return 'upstream_credentials_rejected'
  if (status === 429) return 'upstream_rate_limited'
  if (said !== undefined) return said.code
  return status < 400 || status === 404 ? 'upstream_malformed' : 'upstream_error'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Of a server that serves whatever somebody loaded into it. */
async function firstModel(account: Account, connections: UpstreamConnections): Promise<string> {
  const [first] = await new ModelDirectory().list(account, connections)
  if (first !== undefined) return first.id
  throw new CommandFailure('Which model? Give one with --model.', WRONG_USAGE)
}

function question(model: string): ChatRequest {
  return {
    source: 'openai-chat',
    model,
    isStreaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Say hi.' }] }],
    tools: [],
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    stopSequences: [],
    sampling: {},
    wantsStreamUsage: false,
    extras: [],
  }
}
