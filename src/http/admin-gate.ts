import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { GatewayError } from '../core/errors.ts'
import { takeOver } from './serve.ts'

/** The admin API, its document and the page about it: a server of its own behind the gate. */
export interface AdminApp {
  routing(request: IncomingMessage, response: ServerResponse): void
  close(): Promise<void>
}

export interface AdminGateOptions {
  readonly isEnabled: () => boolean
  /** Called with the first request, and again after a failure. */
  readonly createAdmin: () => Promise<AdminApp>
}

const PATHS = ['/api/admin', '/api/admin/*', '/openapi.json', '/docs', '/docs/*']

/** Hands requests to the admin API, body unread. It is loaded when it is first asked for: an idle gateway is lighter without it. */
export const adminGate: FastifyPluginAsync<AdminGateOptions> = async (app, options) => {
  const { isEnabled, createAdmin } = options
  let loading: Promise<AdminApp> | undefined
  const load = async () => {
    loading ??= createAdmin()
    try {
      return await loading
    } catch (error) {
      loading = undefined
      throw error
    }
  }
  leaveBodiesAlone(app)
  app.addHook('onClose', async () => {
    const admin = await loading?.catch(() => undefined)
    await admin?.close()
  })
  for (const url of PATHS) {
    app.all(url, async (request, reply) => {
      if (!isEnabled()) throw new GatewayError('not_found', 'The admin API is switched off (admin.enabled).')
      const admin = await load()
      takeOver(reply)
      admin.routing(request.raw, reply.raw)
      return reply
    })
  }
}

function leaveBodiesAlone(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}
