import { isJsonObject } from '../core/json.ts'
import { type CheckContext, Ended, judge, shown, skip, unless, type Verdict } from './check.ts'
import { errorProblems } from './error-shape.ts'
import { type Exchange, eventsOf } from './exchange.ts'
import type { Question, Reply } from './format.ts'
import type { ReadEvent } from './stream-grammars/findings.ts'

export interface Answered {
  readonly exchange: Exchange
  readonly reply: Reply
  /** Empty for a whole answer. */
  readonly events: readonly ReadEvent[]
}

/** How a server says that a model, or it, cannot do what was asked. */
const REFUSALS = [400, 404, 415, 422, 501]

/** Asks, and reads the answer. Ends the check where there is none. */
export async function answerTo(context: CheckContext, question: Question): Promise<Answered> {
  const exchange = await context.ask(question)
  const problems = [
    unless(exchange.status === 200, `status 200, not ${exchange.status}`),
    unless(exchange.brokenBy === undefined, 'an answer that comes to its end'),
  ]
  end(judge(exchange, problems))
  if (question.delivery === 'streamed') {
    const events = eventsOf(exchange)
    return { exchange, events, reply: context.format.fold(events) }
  }
  const { json } = exchange
  if (!isJsonObject(json)) throw new Ended(judge(exchange, ['a JSON object']))
  return { exchange, events: [], reply: context.format.read(json) }
}

/** The same for what not every model can do: a refusal in the format's own shape is no failure. */
export async function answerIfAble(context: CheckContext, question: Question): Promise<Answered> {
  const exchange = await context.ask(question)
  if (!REFUSALS.includes(exchange.status)) return answerTo(context, question)
  const problems = errorProblems(context.format.family, exchange)
  end(judge(exchange, problems))
  throw new Ended(skip(`refused with ${exchange.status}: ${messageOf(exchange)}`))
}

/** That there is an answer, with text. */
export async function expectText(context: CheckContext, question: Question): Promise<Verdict> {
  const { exchange, reply } = await answerTo(context, question)
  return judge(exchange, [textProblem(reply)])
}

export function textProblem(reply: Reply | undefined): string | undefined {
  return unless(reply !== undefined && reply.text.trim() !== '', 'text that is not empty')
}

/** `judge` for what a server may leave out, if only it says so. */
export function judgeUnlessReported(exchange: Exchange, problems: readonly (string | undefined)[]): Verdict {
  const verdict = judge(exchange, problems)
  const report = exchange.headers.get('x-gateway-dropped')
  return verdict.outcome === 'fail' && report !== null
    ? skip(`the server says that it left something out: ${report}`)
    : verdict
}

/** That an answer ended in one of these ways. */
export function endingProblem({ finish }: Reply, endings: readonly unknown[]): string | undefined {
  return unless(
    endings.includes(finish),
    `it ends with ${endings.map(shown).join(' or ')}, not ${shown(finish)}`,
  )
}

function end(verdict: Verdict): void {
  if (verdict.outcome !== 'pass') throw new Ended(verdict)
}

function messageOf({ json, text }: Exchange): string {
  const error = isJsonObject(json) && isJsonObject(json.error) ? json.error : {}
  return typeof error.message === 'string' ? error.message : text
}
