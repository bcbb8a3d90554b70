import type { ApiFamily } from '../core/dialect-id.ts'
import { shown, unless } from './check.ts'
import type { Exchange } from './exchange.ts'
import { isFilled, objectAt, valueAt } from './json-read.ts'

/** What is wrong with the body of an error, in the shape of its family. */
export function errorProblems(family: ApiFamily, exchange: Exchange): (string | undefined)[] {
  const error = objectAt(exchange.json, 'error')
  const type = exchange.headers.get('content-type') ?? ''
  const shared = [
    unless(type.startsWith('application/json'), `an error as application/json, not ${type || 'untyped'}`),
    unless(isFilled(error.message), `error.message is text, not ${shown(error.message)}`),
  ]
  switch (family) {
    case 'openai':
      return [...shared, unless(isFilled(error.type), `error.type is text, not ${shown(error.type)}`)]
    case 'anthropic': {
      const kind = valueAt(exchange.json, 'type')
      return [
        unless(kind === 'error', `type is "error", not ${shown(kind)}`),
        ...shared,
        unless(isFilled(error.type), `error.type is text, not ${shown(error.type)}`),
      ]
    }
    case 'gemini':
      return [
        ...shared,
        unless(error.code === exchange.status, `error.code is ${exchange.status}, not ${shown(error.code)}`),
        unless(isFilled(error.status), `error.status is text, not ${shown(error.status)}`),
      ]
  }
}
