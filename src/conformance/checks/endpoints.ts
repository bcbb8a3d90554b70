import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { type Check, type CheckContext, judge, shown, skip, unless, type Verdict } from '../check.ts'
import type { Exchange } from '../exchange.ts'
import { isCount, isFilled, objectsAt, valueAt } from '../json-read.ts'
import { HELLO } from '../questions.ts'

/** Where a family's list has its models, and by which name. */
const LISTS = {
  openai: { list: 'data', name: 'id', problem: (model: JsonObject) => kindProblem(model, 'object') },
  anthropic: { list: 'data', name: 'id', problem: (model: JsonObject) => kindProblem(model, 'type') },
  gemini: { list: 'models', name: 'name', problem: () => undefined },
} as const

export const MODELS: Check = {
  id: 'models',
  title: 'The list of models has the shape of the format',
  cases: [],
  run: async ({ format, send }) => {
    const { family } = format
    const exchange = await send({ family, path: '/models' })
    if (isAbsent(exchange)) return skip('the server has no list of models')
    const { list, name, problem } = LISTS[family]
    const models = objectsAt(exchange.json, list)
    return judge(exchange, [
      unless(exchange.status === 200, `status 200, not ${exchange.status}`),
      unless(models.length > 0, `${list} has a model`),
      ...models
        .slice(0, 1)
        .flatMap((model) => [
          unless(isFilled(model[name]), `${list}[0].${name} is text, not ${shown(model[name])}`),
          problem(model),
        ]),
    ])
  },
}

export const MODEL: Check = {
  id: 'model',
  title: 'A model of the list is found by its name',
  cases: [],
  run: async ({ format, send }) => {
    const { family } = format
    const { list, name } = LISTS[family]
    const listed = objectsAt((await send({ family, path: '/models' })).json, list)[0]?.[name]
    if (!isFilled(listed)) return skip('the server has no list of models')
    const id = listed.replace(/^models\//, '')
    const exchange = await send({ family, path: `/models/${encodeURIComponent(id)}` })
    if (isAbsent(exchange)) return skip('the server does not tell of single models')
    const found = valueAt(exchange.json, name)
    return judge(exchange, [
      unless(exchange.status === 200, `status 200, not ${exchange.status}`),
      unless(found === listed, `${name} is ${shown(listed)}, not ${shown(found)}`),
    ])
  },
}

export const COUNT_MESSAGES: Check = {
  id: 'count-tokens',
  title: 'Tokens of a request are counted',
  cases: ['CNT-01', 'CNT-03'],
  run: (context) => {
    const { max_tokens: _, ...body } = context.format.body(context.model, HELLO)
    return expectCount(context, { path: '/messages/count_tokens', body, field: 'input_tokens' })
  },
}

export const COUNT_RESPONSES: Check = {
  ...COUNT_MESSAGES,
  cases: ['CNT-02', 'STA-07'],
  run: (context) => {
    const body = context.format.body(context.model, HELLO)
    return expectCount(context, { path: '/responses/input_tokens', body, field: 'input_tokens' })
  },
}

export const COUNT_GEMINI: Check = {
  ...COUNT_MESSAGES,
  cases: ['CNT-06'],
  run: (context) => {
    const path = `/models/${encodeURIComponent(context.model)}:countTokens`
    return expectCount(context, {
      path,
      body: context.format.body(context.model, HELLO),
      field: 'totalTokens',
    })
  },
}

async function expectCount(
  { format, send }: CheckContext,
  { path, body, field }: { readonly path: string; readonly body: JsonObject; readonly field: string },
): Promise<Verdict> {
  const exchange = await send({ family: format.family, path, body })
  if (isAbsent(exchange)) return skip('the server does not count tokens')
  const count = valueAt(exchange.json, field)
  return judge(exchange, [
    unless(exchange.status === 200, `status 200, not ${exchange.status}`),
    unless(isCount(count) && count > 0, `${field} is a count above zero, not ${shown(count)}`),
  ])
}

function kindProblem(model: JsonObject, field: string): string | undefined {
  return unless(model[field] === 'model', `${field} of a model is "model", not ${shown(model[field])}`)
}

function isAbsent({ status, json }: Exchange): boolean {
  return [404, 405, 501].includes(status) || (status === 400 && !isJsonObject(json))
}
