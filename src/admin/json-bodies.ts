import type { FastifyInstance } from 'fastify'
import { GatewayError } from '../core/errors.ts'

/** Far more than anything here has; deeper ones could exhaust the stack of whoever writes them out again. */
const MAX_DEPTH = 100

/** Bodies are JSON, and nothing else; an empty one is none, whatever its type, since clients send the header with every request. */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    if (text.trim() === '') {
      done(null, undefined)
      return
    }
    void parse(request, text, (error, body) => {
      if (error === null) done(depthProblem(body), body)
      else done(new GatewayError('invalid_json', 'The body is not valid JSON.', { cause: error }))
    })
  })
}

function depthProblem(body: unknown): GatewayError | null {
  let level: unknown[] = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return new GatewayError('invalid_request', 'The body is nested too deeply.')
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return null
}
