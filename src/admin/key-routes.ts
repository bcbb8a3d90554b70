import type { FastifyInstance } from 'fastify'
import type * as z from 'zod'
import { rotationShape } from '../control/key-shapes.ts'
import { rotateKey } from '../control/keys.ts'
import { type AdminParts, deskOf } from './admin-parts.ts'
import { answers, BODY_REFUSALS, idParams, versionHeaders } from './documented.ts'
import { idOf, tagged, versionOf } from './resource-routes.ts'
import { issuedKey, KEYS } from './resources.ts'

const rotation = rotationShape.meta({ id: 'Rotation' })

/** What can be done with virtual keys only. */
export function keyRoutes(app: FastifyInstance, parts: AdminParts): void {
  app.post(
    '/keys/:id/rotate',
    {
      // no body is one without fields
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        tags: [KEYS.tag],
        operationId: 'rotateVirtualKey',
        summary: 'Give a virtual key a new secret',
        params: idParams,
        headers: versionHeaders,
        body: rotation,
        response: answers({ 200: issuedKey }, [404, 409, 412, ...BODY_REFUSALS]),
      },
    },
    async (request, reply) => {
      const { grace_seconds: graceSeconds } = request.body as z.output<typeof rotation>
      const options = { graceSeconds, expectedVersion: versionOf(request) }
      return tagged(reply, await rotateKey(await deskOf(parts, request), idOf(request), options))
    },
  )
}
