import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkCredential, readCredential } from './credential.ts'
import { answerExtra, answerGeminiExtra, isBinary, modelOfForm } from './extras.ts'
import { type Failure, Failures, streamProblem } from './failures.ts'
import { generateRequestOf } from './gemini-fields.ts'
import type { Journal } from './journal.ts'
import { isObject, type JsonObject, textOf } from './json.ts'
import { describeModel, listModels } from './model-list.ts'
import { behaviourOf } from './models.ts'
import { isCutHere, resetConnection } from './playback.ts'
import { type ErrorFamily, errorBody, invalid, type Problem } from './problem.ts'
import { PromptCache } from './prompt-cache.ts'
import { countInputTokens, planReply, type Reply } from './reply.ts'
import { type Outlet, sendBytes, sendHtml, sendJson, sendProblem, sendStream, sendWhole } from './respond.ts'
import { ResponseStore } from './response-store.ts'
import { findRoute, type Route } from './routes.ts'
import { type Pace, planStream } from './stream-plan.ts'
import { failedResponse } from './write-responses.ts'

export interface HandlerOptions extends Pace {
  readonly journal: Journal
  readonly isStrict: boolean
  readonly otherModels: readonly string[]
}

/** A request that has arrived completely. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly rawBody: Buffer
  readonly body: unknown
  readonly receivedAtMs: number
}

interface Work extends Outlet {
  readonly credential: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
  readonly rawBody: Buffer
}

type RouteOf<Type extends Route['type']> = Extract<Route, { type: Type }>

/** Answers requests. Holds what a provider remembers between them. */
export class Handler {
  readonly #options: HandlerOptions
  readonly #failures = new Failures()
  readonly #responses = new ResponseStore()
  #cache = new PromptCache()
  #number = 0

  constructor(options: HandlerOptions) {
    this.#options = options
  }

  /** Forgets the journal and every count, but not the last id. */
  clear(): void {
    this.#options.journal.clear()
    this.#failures.clear()
    this.#cache = new PromptCache()
  }

  handle(arrival: Arrival): void {
    const { request, response, rawBody, body } = arrival
    const { path, query } = splitUrl(request.url ?? '/')
    const route = findRoute(request.method ?? 'GET', path, query)
    this.#number += 1
    const family = familyOf(route, path, request.headers)
    const outlet = { response, family, number: this.#number }
    if (route.type === 'journal') {
      this.#answerJournal(outlet, request.method)
      return
    }
    this.#record(arrival)
    const credential = readCredential(family, request.headers, query)
    const problem = unknownProblem(route) ?? checkCredential(family, credential)
    if (problem) sendProblem(outlet, problem)
    else
      this.#answer(
        route,
        { ...outlet, credential: credential ?? '', headers: request.headers, body, rawBody },
        request.method,
      )
  }

  #answerJournal(outlet: Outlet, method: string | undefined): void {
    if (method === 'DELETE') this.clear()
    sendJson(outlet, 200, this.#options.journal.toJson())
  }

  #record({ request, response, rawBody, body, receivedAtMs }: Arrival): void {
    const record = this.#options.journal.add(request, rawBody, body, receivedAtMs)
    response.once('close', () => {
      if (response.writableFinished || isCutHere(response)) return
      record.aborted = true
      record.abortedAtMs = Date.now()
    })
  }

  #answer(route: Route, work: Work, method = 'GET'): void {
    switch (route.type) {
      case 'models':
        sendJson(work, 200, this.#describeModels(route, work.family))
        break
      case 'stored-response':
        this.#answerStored(route, work, method)
        break
      case 'extra':
      case 'gemini-extra':
        this.#answerExtra(route, work)
        break
      case 'generate':
      case 'count':
        this.#answerModel(route, work)
        break
      case 'journal':
      case 'unknown':
        break // answered before, without a credential
    }
  }

  #describeModels({ id }: RouteOf<'models'>, family: ErrorFamily): JsonObject {
    return id === undefined ? listModels(family, this.#options.otherModels) : describeModel(family, id)
  }

  #answerStored({ id }: RouteOf<'stored-response'>, work: Work, method: string): void {
    const response = this.#responses.get(id)
    if (!response)
      sendProblem(work, {
        kind: 'not-found',
        message: `Response with id '${id}' not found.`,
        code: 'not_found',
      })
    else if (method === 'DELETE')
      sendJson(work, 200, { id, object: 'response', deleted: this.#responses.delete(id) })
    else sendJson(work, 200, response)
  }

  #answerExtra(route: RouteOf<'extra' | 'gemini-extra'>, work: Work): void {
    const body = isObject(work.body) ? work.body : {}
    const model = route.model ?? (textOf(body.model) || modelOfForm(work.rawBody))
    if (this.#fail(model, work)) return
    const answer =
      route.type === 'extra'
        ? answerExtra(route.name, model, body, work.number)
        : answerGeminiExtra(route.name, body)
    if (isBinary(answer)) sendBytes(work, answer.contentType, answer.bytes)
    else sendWhole(work, answer, behaviourOf(model), this.#options)
  }

  #answerModel(route: RouteOf<'generate' | 'count'>, work: Work): void {
    const shape = route.stream === 'json-array' ? 'in-array' : 'plain'
    if (!isObject(work.body)) {
      sendProblem(work, invalid('We could not parse the JSON body of your request.'), shape)
      return
    }
    const model = route.model ?? textOf(work.body.model)
    if (this.#fail(model, work, shape)) return
    const problem = this.#check(route, work, work.body, model)
    if (problem) sendProblem(work, problem, shape)
    else if (route.type === 'count') this.#count(route, work, work.body, model)
    else this.#generate(route, work, work.body, model)
  }

  #check(
    { dialect, type }: RouteOf<'generate' | 'count'>,
    work: Work,
    body: JsonObject,
    model: string,
  ): Problem | undefined {
    if (model === '') return missingModel(work.family)
    if (behaviourOf(model) === 'context-length') return dialect.contextLengthProblem
    const problem = dialect.id === 'responses' ? this.#responses.checkPrevious(body) : undefined
    if (problem || !this.#options.isStrict) return problem
    const headers = work.headers as Record<string, string | undefined>
    return dialect.check(this.#responses.expand(body), { model, headers, isCountingTokens: type === 'count' })
  }

  #count({ dialect }: RouteOf<'generate' | 'count'>, work: Work, body: JsonObject, model: string): void {
    const tokens = countInputTokens(dialect.read(generateRequestOf(this.#responses.expand(body)), model))
    if (dialect.id === 'gemini')
      sendJson(work, 200, {
        totalTokens: tokens,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
      })
    else
      sendJson(work, 200, {
        ...(dialect.id === 'responses' ? { object: 'response.input_tokens' } : {}),
        input_tokens: tokens,
      })
  }

  #generate(
    { dialect, stream }: RouteOf<'generate' | 'count'>,
    work: Work,
    body: JsonObject,
    model: string,
  ): void {
    const ask = dialect.read(this.#responses.expand(body), model)
    const { number, credential } = work
    const reply = planReply({ number, model, body, ask, credential, cache: this.#cache })
    const framing = stream ?? (body.stream === true ? 'sse' : 'none')
    if (dialect.id === 'responses' && body.store !== false) {
      this.#responses.keep(this.#responses.expand(body), dialect.whole(reply))
    }
    if (framing !== 'none') sendStream(work, framing, planStream(dialect, reply, framing, this.#options))
    else if (!sendFailedWhole(work, reply, dialect.id))
      sendWhole(work, dialect.whole(reply), behaviourOf(model), this.#options)
  }

  #fail(model: string, work: Work, shape: 'plain' | 'in-array' = 'plain'): boolean {
    const failure = this.#failures.next(behaviourOf(model), work.family, work.credential)
    if (failure) playFailure(failure, work, shape)
    return failure !== undefined
  }
}

function playFailure(failure: Failure, work: Work, shape: 'plain' | 'in-array'): void {
  switch (failure.type) {
    case 'problem':
      sendProblem(work, failure.problem, shape)
      break
    case 'html':
      sendHtml(work)
      break
    case 'reset':
      resetConnection(work.response)
      break
    case 'silence':
      break // the connection stays open until the client gives up
  }
}

// a whole answer has no stream to fail in: it fails the way that comes nearest in its dialect
function sendFailedWhole(work: Work, reply: Reply, dialectId: string): boolean {
  const behaviour = behaviourOf(reply.model)
  if (behaviour === 'first-event') sendJson(work, 200, errorBody(work.family, streamProblem(work.family), ''))
  else if (behaviour !== 'in-stream') return false
  else if (dialectId === 'responses') sendJson(work, 200, failedResponse(reply, streamProblem(work.family)))
  else sendProblem(work, { ...streamProblem(work.family), kind: 'server' })
  return true
}

function missingModel(family: ErrorFamily): Problem {
  if (family === 'anthropic') return invalid('model: Field required')
  return invalid('you must provide a model parameter', 'model', 'missing_required_parameter')
}

function unknownProblem(route: Route): Problem | undefined {
  if (route.type !== 'unknown') return undefined
  const kind = route.isWrongMethod ? 'method' : 'not-found'
  return { kind, message: 'Not found: the simulated provider has no such endpoint.', code: 'unknown_url' }
}

function familyOf(route: Route, path: string, headers: IncomingMessage['headers']): ErrorFamily {
  switch (route.type) {
    case 'generate':
    case 'count':
      return route.dialect.family
    case 'gemini-extra':
      return 'gemini'
    case 'unknown':
      return route.family
    case 'models':
      if (path.includes('/v1beta') || headers['x-goog-api-key'] !== undefined) return 'gemini'
      return headers['anthropic-version'] === undefined ? 'openai' : 'anthropic'
    default:
      return 'openai'
  }
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  return { path, query: mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)) }
}

const NO_QUERY = new URLSearchParams()
