import type { FastifyInstance } from 'fastify'
import type { Gateway } from '../pipeline/gateway.ts'
import { conversation, GENERIC_CHAT, other, tokenCount } from './endpoints.ts'
import { pathOf } from './request-url.ts'
import { serve } from './serve.ts'

/** Endpoints beside the conversations, below `/v1` or at the root. */
const OTHERS = [
  'embeddings',
  'moderations',
  'rerank',
  'images/*',
  'audio/*',
  'files',
  'files/*',
  'batches',
  'batches/*',
  'uploads',
  'uploads/*',
]

/** OpenAI's paths, with `/v1` and without: clients differ in what they take for the base URL. */
export function openaiRoutes(app: FastifyInstance, gateway: Gateway): void {
  for (const path of ['/v1/chat/completions', '/chat/completions', '/completions/chat']) {
    app.post(
      path,
      serve(gateway, () => GENERIC_CHAT),
    )
  }
  for (const root of ['/v1', '']) {
    app.post(
      `${root}/completions`,
      serve(gateway, () => conversation('openai-completions')),
    )
    app.post(
      `${root}/responses`,
      serve(gateway, () => conversation('openai-responses')),
    )
    const passThrough = serve(gateway, (request) =>
      other('openai', pathOf(request.url).slice(root.length), request.method),
    )
    app.post(
      `${root}/responses/input_tokens`,
      serve(gateway, () => tokenCount('openai-responses', '/responses/input_tokens')),
    )
    app.route({ method: ['GET', 'POST', 'DELETE'], url: `${root}/responses/*`, handler: passThrough })
    for (const name of OTHERS)
      app.route({ method: ['GET', 'POST', 'DELETE'], url: `${root}/${name}`, handler: passThrough })
  }
}
