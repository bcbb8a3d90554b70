import { type Check, type CheckContext, judge, PASS, skip, unless, type Verdict } from '../check.ts'
import { errorProblems } from '../error-shape.ts'
import type { Exchange, WireRequest } from '../exchange.ts'
import { HELLO } from '../questions.ts'

const NO_SUCH_MODEL = 'conformance-no-such-model'
const NOT_A_KEY = 'conformance-wrong-key'

/** The endpoint is there, and the key is taken. Every other check needs it. It is the request of `malformed-json`. */
export const ACCESS: Check = {
  id: 'access',
  title: 'The endpoint is there, and the key is taken',
  cases: [],
  run: async (context) => {
    const exchange = await sendMalformed(context)
    const { status } = exchange
    return judge(exchange, [
      unless(!isAbsent(exchange), `an endpoint of this format, not ${status}`),
      unless(![502, 503, 504].includes(status), `a server that is up, not ${status}`),
      unless(![401, 403].includes(status), `a key that is taken, not ${status}`),
    ])
  },
}

/** What a server without such an endpoint answered. Malformed JSON asks for no model, so that 404 can only mean the path. */
export async function absenceOf(context: CheckContext): Promise<string | undefined> {
  const exchange = await sendMalformed(context)
  return isAbsent(exchange) ? `${exchange.request} answered ${exchange.status}` : undefined
}

export const MALFORMED: Check = {
  id: 'malformed-json',
  title: 'Malformed JSON is refused with 400',
  cases: ['ERR-01', 'ERR-03'],
  run: async (context) => expectRefusal(context, await sendMalformed(context), [400]),
}

/** A server may have a model of its own for those who name none. */
export const NO_MODEL: Check = {
  id: 'no-model',
  title: 'A request without a model is refused with 400',
  cases: ['TOP-01', 'ERR-03'],
  run: async (context) => {
    const { model: _, ...body } = context.format.body(context.model, HELLO)
    const exchange = await post(context, { body })
    if (exchange.status === 200) return skip('the server has a model for requests that name none')
    return expectRefusal(context, exchange, [400])
  },
}

export const NO_INPUT: Check = {
  id: 'no-input',
  title: 'A request that asks nothing is refused with 400',
  cases: ['ERR-03'],
  run: async (context) => {
    const { format, model } = context
    const body = Object.entries(format.body(model, HELLO)).filter(([name]) => name !== format.required)
    return expectRefusal(context, await post(context, { body: Object.fromEntries(body) }), [400])
  },
}

export const UNKNOWN_MODEL: Check = {
  id: 'unknown-model',
  title: 'An unknown model is refused with 404 or 400',
  cases: ['ERR-07'],
  run: async (context) => {
    const { format } = context
    const path = format.path(NO_SUCH_MODEL, 'whole')
    const exchange = await post(context, { path, body: format.body(NO_SUCH_MODEL, HELLO) })
    if (exchange.status === 200) return skip('the server answers to any name of a model')
    return expectRefusal(context, exchange, [400, 404])
  },
}

export const WRONG_KEY: Check = {
  id: 'wrong-key',
  title: 'A wrong key is refused with 401',
  cases: ['ERR-04'],
  run: async (context) => {
    const exchange = await post(context, { key: NOT_A_KEY })
    if (exchange.status !== 200) {
      // Google answers 400, or 403
      const statuses = context.format.family === 'gemini' ? [401, 400, 403] : [401]
      return expectRefusal(context, exchange, statuses)
    }
    const { status } = await post(context, { key: '' })
    if (status === 200) return skip('the server wants no key')
    return judge(exchange, ['status 401, not 200'])
  },
}

export const WRONG_METHOD: Check = {
  id: 'wrong-method',
  title: 'Another method than POST is refused with 404 or 405',
  cases: ['ERR-27'],
  run: async (context) => {
    const { format, model } = context
    const path = format.path(model, 'whole')
    const exchange = await context.send({ family: format.family, method: 'PUT', path, body: {} })
    return judge(exchange, [
      unless([404, 405].includes(exchange.status), `status 404 or 405, not ${exchange.status}`),
    ])
  },
}

function expectRefusal({ format }: CheckContext, exchange: Exchange, statuses: readonly number[]): Verdict {
  const problems = [
    unless(statuses.includes(exchange.status), `status ${statuses.join(' or ')}, not ${exchange.status}`),
    ...errorProblems(format.family, exchange),
  ]
  return problems.every((problem) => problem === undefined) ? PASS : judge(exchange, problems)
}

function sendMalformed(context: CheckContext): Promise<Exchange> {
  return post(context, { body: '{"model": ' })
}

/** The plain question, with something changed. */
function post({ format, model, send }: CheckContext, changes: Partial<WireRequest>): Promise<Exchange> {
  const path = format.path(model, 'whole')
  return send({ family: format.family, path, body: format.body(model, HELLO), ...changes })
}

/** Some servers have a page for every address. */
function isAbsent({ status, headers }: Exchange): boolean {
  const isPage = status < 300 && headers.get('content-type')?.startsWith('text/html') === true
  return isPage || [404, 405, 501].includes(status)
}

/** Of every format whose bodies name the model. */
export const REFUSALS: readonly Check[] = [
  MALFORMED,
  NO_MODEL,
  NO_INPUT,
  UNKNOWN_MODEL,
  WRONG_KEY,
  WRONG_METHOD,
]
