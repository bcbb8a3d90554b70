import { isJsonObject } from '../../core/json.ts'
import { answerTo, endingProblem, expectText, textProblem } from '../ask.ts'
import { type Check, judge, shown, skip, unless } from '../check.ts'
import { errorProblems } from '../error-shape.ts'
import { isFilled } from '../json-read.ts'
import { HELLO } from '../questions.ts'

const LARGE_BYTES = 2 * 1024 * 1024

export const SHAPE: Check = {
  id: 'shape',
  title: 'A whole answer has the fields that clients rely on',
  cases: ['RSP-02', 'RSP-03', 'RSP-04', 'RSP-05', 'RSP-06', 'RSP-07'],
  run: async (context) => {
    const { exchange } = await answerTo(context, HELLO)
    return judge(exchange, isJsonObject(exchange.json) ? context.format.shapeProblems(exchange.json) : [])
  },
}

export const TEXT: Check = {
  id: 'text',
  title: 'A whole answer has text',
  cases: ['RSP-08', 'RSP-14'],
  run: (context) => expectText(context, HELLO),
}

export const IDS: Check = {
  id: 'ids',
  title: 'Every answer has an id of its own',
  cases: ['RSP-01'],
  run: async (context) => {
    const { reply: first } = await answerTo(context, HELLO)
    const { reply, exchange } = await answerTo(context, { ...HELLO, prompt: 'Say hello again.' })
    return judge(exchange, [
      unless(isFilled(reply.id), `an id, not ${shown(reply.id)}`),
      unless(reply.id !== first.id, `another id than the answer before, ${shown(first.id)}`),
    ])
  },
}

export const FINISH: Check = {
  id: 'finish',
  title: 'A whole answer says that it came to its end',
  cases: ['STP-01'],
  run: async (context) => {
    const { reply, exchange } = await answerTo(context, HELLO)
    return judge(exchange, [endingProblem(reply, context.format.endings.stop)])
  },
}

export const USAGE: Check = {
  id: 'usage',
  title: 'A whole answer has token counts that add up',
  cases: ['USG-01', 'USG-10'],
  run: async (context) => {
    const { reply, exchange } = await answerTo(context, HELLO)
    return judge(exchange, reply.usage === undefined ? ['usage'] : context.format.usageProblems(reply.usage))
  },
}

export const CONTENT_TYPE: Check = {
  id: 'content-type',
  title: 'A whole answer is application/json',
  cases: ['RSP-17'],
  run: async (context) => {
    const { exchange } = await answerTo(context, HELLO)
    const type = exchange.headers.get('content-type')
    return judge(exchange, [
      unless(
        type?.startsWith('application/json') === true,
        `content-type application/json, not ${shown(type)}`,
      ),
    ])
  },
}

/** Support asks for it; Google has none. */
export const REQUEST_ID: Check = {
  id: 'request-id',
  title: 'An answer has a request id in its headers',
  cases: ['HDR-10'],
  run: async (context) => {
    const { exchange } = await answerTo(context, HELLO)
    const name = context.format.family === 'anthropic' ? 'request-id' : 'x-request-id'
    return judge(exchange, [unless(isFilled(exchange.headers.get(name)), `the header ${name}`)])
  },
}

export const UNKNOWN_FIELD: Check = {
  id: 'unknown-field',
  title: 'A field that nobody knows is passed over, or refused with 400',
  cases: ['TOP-32'],
  run: async (context) => {
    const question = { ...HELLO, more: { conformance_unknown_field: true } }
    const exchange = await context.ask(question)
    if (exchange.status === 200) return expectText(context, question)
    return judge(exchange, [
      unless(exchange.status === 400, `status 200 or 400, not ${exchange.status}`),
      ...errorProblems(context.format.family, exchange),
    ])
  },
}

export const LARGE_BODY: Check = {
  id: 'large-body',
  title: 'A body of 2 MiB, most of it blanks between members, is read',
  cases: ['HDR-15'],
  run: async (context) => {
    const { format, model } = context
    const path = format.path(model, 'whole')
    const text = JSON.stringify(format.body(model, HELLO))
    // blanks cost no tokens
    const body = `{${' '.repeat(LARGE_BYTES)}${text.slice(1)}`
    const exchange = await context.send({ family: format.family, path, body })
    const reply = isJsonObject(exchange.json) ? format.read(exchange.json) : undefined
    return judge(exchange, [
      unless(exchange.status === 200, `status 200, not ${exchange.status}`),
      textProblem(reply),
    ])
  },
}

export const MAX_TOKENS: Check = {
  id: 'max-tokens',
  title: 'A limit of 16 tokens cuts the answer, which says so',
  cases: ['TOP-02', 'STP-03'],
  run: async (context) => {
    const { format } = context
    const question = { ...HELLO, prompt: 'Count from one to one hundred, in words, without any other text.' }
    for (const more of format.limits.slice(0, -1)) {
      const exchange = await context.ask({ ...question, more })
      const reply = isJsonObject(exchange.json) ? format.read(exchange.json) : undefined
      if (reply !== undefined && format.endings.length.includes(reply.finish)) return judge(exchange, [])
    }
    const last = format.limits.at(-1)
    if (last === undefined) return skip('the format has no limit')
    const { reply, exchange } = await answerTo(context, { ...question, more: last })
    return judge(exchange, [endingProblem(reply, format.endings.length)])
  },
}

/** Of whole answers, in every format whose clients look for a request id. */
export const WHOLE_ANSWERS: readonly Check[] = [
  SHAPE,
  TEXT,
  IDS,
  FINISH,
  USAGE,
  CONTENT_TYPE,
  REQUEST_ID,
  MAX_TOKENS,
]
