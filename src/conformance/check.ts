import type { Exchange, WireRequest } from './exchange.ts'
import type { Format, Question } from './format.ts'

/** What came of a check. */
export type Verdict =
  | { readonly outcome: 'pass' }
  /** What was expected and did not hold, one line each, and what came instead, for people. */
  | { readonly outcome: 'fail'; readonly expected: readonly string[]; readonly came: string }
  /** It does not apply to this server or model. */
  | { readonly outcome: 'skip'; readonly why: string }

/** One thing that a server of a format has to get right. */
export interface Check {
  /** Unique within a format, and the same in every format that has it. */
  readonly id: string
  readonly title: string
  /** The conversion cases that it examines, by id. */
  readonly cases: readonly string[]
  /** May throw `Ended`, and `NoAnswer`. */
  readonly run: (context: CheckContext) => Promise<Verdict>
}

/** What checks of one format share. The same request is sent only once. */
export interface CheckContext {
  readonly format: Format
  readonly model: string
  /** Asks the model. */
  readonly ask: (question: Question) => Promise<Exchange>
  readonly send: (request: WireRequest) => Promise<Exchange>
}

/** A verdict from within: the check cannot go on. */
export class Ended extends Error {
  override readonly name = 'Ended'
  readonly verdict: Verdict

  constructor(verdict: Verdict) {
    super(verdict.outcome)
    this.verdict = verdict
  }
}

/** Why a check is skipped that the server's limit of requests stood in the way of. */
export const RATE_LIMITED = 'the server allows no more requests for now (429)'

export const PASS: Verdict = { outcome: 'pass' }

export function skip(why: string): Verdict {
  return { outcome: 'skip', why }
}

/** Passes where no problem was found. */
export function judge(exchange: Exchange, problems: readonly (string | false | undefined)[]): Verdict {
  const expected = problems.filter((problem) => typeof problem === 'string')
  return expected.length === 0 ? PASS : { outcome: 'fail', expected, came: describe(exchange) }
}

/** The expectation unless it holds, for `judge`. */
export function unless(holds: boolean, expectation: string): string | undefined {
  return holds ? undefined : expectation
}

/** A value within a sentence. */
export function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}

function describe({ request, status, headers, text, brokenBy }: Exchange): string {
  const type = headers.get('content-type') ?? 'no content type'
  const end = brokenBy === undefined ? '' : `\n(broke off: ${brokenBy})`
  return `${request}\n${status} ${type}\n${text}${end}`
}
