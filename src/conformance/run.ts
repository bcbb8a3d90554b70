import { type Check, type CheckContext, Ended, RATE_LIMITED, skip, type Verdict } from './check.ts'
import { CHECKS } from './checks/index.ts'
import { absenceOf } from './checks/refusals.ts'
import { type Exchange, exchange, NoAnswer, type Server, type WireRequest } from './exchange.ts'
import type { Format, FormatName } from './format.ts'
import { FORMATS } from './formats/index.ts'

export interface Run {
  readonly server: Server
  readonly model: string
  readonly formats: readonly FormatName[]
  /** Whether a format that the server does not offer is left out, or fails. */
  readonly absent: 'left out' | 'failed'
  /** How many checks at a time. */
  readonly concurrency: number
  /** Called with every result as it comes. */
  readonly onResult?: (format: FormatName, result: CheckResult) => void
  /** Takes secrets out of what is quoted from answers. */
  readonly redact: (text: string) => string
}

export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly cases: readonly string[]
  readonly verdict: Verdict
}

export interface FormatResult {
  readonly format: FormatName
  readonly isOffered: boolean
  /** What its address answered, for people; undefined where it is offered. */
  readonly absence: string | undefined
  /** In the order of the checks; empty where the format is not offered. */
  readonly results: readonly CheckResult[]
}

const MAX_QUOTED_CHARACTERS = 500
/** Of a longer text: the beginning and, since streams go wrong there, the end. */
const QUOTED_END_CHARACTERS = 200

/** Examines a server: every check of every format, in the order of the formats. Rejects only for defects of ours. */
export async function runChecks(run: Run): Promise<FormatResult[]> {
  const turn = createTurns(run.concurrency)
  return Promise.all(run.formats.map((name) => runFormat(run, name, turn)))
}

type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>

async function runFormat(run: Run, name: FormatName, turn: Turns): Promise<FormatResult> {
  const context = createContext(run, FORMATS[name])
  const [first, ...others] = CHECKS[name]
  const absence = run.absent === 'left out' ? await turn(() => findAbsence(context)) : undefined
  if (absence !== undefined) return { format: name, isOffered: false, absence, results: [] }
  const access = await turn(() => runCheck(run, context, first))
  const isOpen = access.verdict.outcome === 'pass'
  const results = await Promise.all(
    others.map(async (check) =>
      isOpen ? turn(() => runCheck(run, context, check)) : resultOf(check, skip('there is no access')),
    ),
  )
  return { format: name, isOffered: true, absence, results: [access, ...results] }
}

/** A server that does not answer at all, or not now, is none that lacks a format. */
async function findAbsence(context: CheckContext): Promise<string | undefined> {
  try {
    return await absenceOf(context)
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof Ended) return undefined
    throw error
  }
}

async function runCheck(run: Run, context: CheckContext, check: Check): Promise<CheckResult> {
  const result = resultOf(check, quote(await verdictOf(check, context), run.redact))
  run.onResult?.(context.format.name, result)
  return result
}

async function verdictOf(check: Check, context: CheckContext): Promise<Verdict> {
  try {
    return await check.run(context)
  } catch (error) {
    if (error instanceof Ended) return error.verdict
    if (error instanceof NoAnswer) return { outcome: 'fail', expected: ['an answer'], came: error.message }
    throw error
  }
}

function resultOf({ id, title, cases }: Check, verdict: Verdict): CheckResult {
  return { id, title, cases, verdict }
}

function quote(verdict: Verdict, redact: Run['redact']): Verdict {
  const cut = (text: string) => shorten(redact(text))
  switch (verdict.outcome) {
    case 'pass':
      return verdict
    case 'fail':
      return { ...verdict, expected: verdict.expected.map(cut), came: cut(verdict.came) }
    case 'skip':
      return { ...verdict, why: cut(verdict.why) }
  }
}

function shorten(text: string): string {
  if (text.length <= MAX_QUOTED_CHARACTERS) return text
  const end = text.slice(-QUOTED_END_CHARACTERS)
  return `${text.slice(0, MAX_QUOTED_CHARACTERS - QUOTED_END_CHARACTERS)} … ${end}`.toWellFormed()
}

function createContext({ server, model }: Run, format: Format): CheckContext {
  const known = new Map<string, Promise<Exchange>>()
  const send = async (request: WireRequest): Promise<Exchange> => {
    const name = JSON.stringify(request)
    const asked = known.get(name) ?? exchange(server, request)
    known.set(name, asked)
    const answer = await asked
    // it is the key that is examined then, and not the format
    if (answer.status === 429) throw new Ended(skip(RATE_LIMITED))
    return answer
  }
  const ask: CheckContext['ask'] = (question) =>
    send({
      family: format.family,
      path: format.path(model, question.delivery),
      body: format.body(model, question),
    })
  return { format, model, ask, send }
}

/** Lets no more than so many work at a time, first come, first served. */
function createTurns(places: number): Turns {
  let free = places
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
