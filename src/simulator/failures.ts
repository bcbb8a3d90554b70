import { rejected } from './credential.ts'
import type { Behaviour } from './models.ts'
import type { ErrorFamily, Problem } from './problem.ts'

/** How a request ends without an answer. */
export type Failure =
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'html' | 'reset' | 'silence' }

const FLAP_RUN = 5
const MAX_CREDENTIALS = 10_000

/** Decides which requests fail outright. Counts requests per credential where a model alternates. */
export class Failures {
  readonly #counts = new Map<string, number>()

  next(behaviour: Behaviour, family: ErrorFamily, credential: string): Failure | undefined {
    switch (behaviour) {
      case 'html':
      case 'reset':
        return { type: behaviour }
      case 'silent':
        return { type: 'silence' }
      case '500-once':
        return this.#count(behaviour, credential) % 2 === 0 ? problem(SERVER_ERROR) : undefined
      case 'flap':
        return Math.floor(this.#count(behaviour, credential) / FLAP_RUN) % 2 === 1
          ? problem(UNAVAILABLE)
          : undefined
      case '401':
        return problem(rejected(family, credential))
      default:
        return problem(PROBLEMS[behaviour])
    }
  }

  clear(): void {
    this.#counts.clear()
  }

  #count(behaviour: Behaviour, credential: string): number {
    const key = `${behaviour} ${credential}`
    const count = this.#counts.get(key) ?? 0
    if (this.#counts.size >= MAX_CREDENTIALS) this.#counts.clear()
    this.#counts.set(key, count + 1)
    return count
  }
}

/** What an error inside a stream says. */
export function streamProblem(family: ErrorFamily): Problem {
  const kind = STREAM_PROBLEM_KIND[family]
  return { kind, message: 'Overloaded: the simulated provider gave up.' }
}

const STREAM_PROBLEM_KIND = { openai: 'server', anthropic: 'overloaded', gemini: 'unavailable' } as const

const RATE_LIMIT: Problem = { kind: 'rate-limit', message: 'Rate limit reached for this simulated model.' }
const SERVER_ERROR: Problem = { kind: 'server', message: 'The simulated server had an error. Please retry.' }
const UNAVAILABLE: Problem = {
  kind: 'unavailable',
  message: 'The simulated server is unavailable. Please retry later.',
}

const PROBLEMS: Partial<Record<Behaviour, Problem>> = {
  '400': { kind: 'invalid', message: 'The simulated model refuses every request.' },
  '404': { kind: 'not-found', message: 'The model does not exist, or you do not have access to it.' },
  '429': { ...RATE_LIMIT, retryAfterSeconds: 1 },
  '429-no-retry-after': RATE_LIMIT,
  '500': SERVER_ERROR,
  '503': UNAVAILABLE,
  '529': { kind: 'overloaded', message: 'Overloaded' },
}

function problem(found: Problem | undefined): Failure | undefined {
  return found && { type: 'problem', problem: found }
}
