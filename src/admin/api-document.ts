import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { JsonObject } from '../core/json.ts'
import { VERSION } from '../core/version.ts'
import { finishDocument } from './finish-document.ts'

const DESCRIPTION = `Virtual keys, teams, accounts at providers, model routes, sign-ins, health and the audit log of one gateway.

This document describes the admin API only. Models are called as with the providers' own SDKs, with a virtual key.

- Every request carries the admin token: \`Authorization: Bearer <token>\`. A virtual key is not accepted here.
- \`{id}\` takes an id, or a name where names are unique.
- What a configuration file declares is listed with \`read_only: true\`, and changed in that file.
- Send the \`ETag\` of what you read as \`If-Match\` with a change: 412 tells that somebody else was faster.
- Unknown fields are refused. Secrets go in and never come out, but for a new virtual key's own, once.`

/** No page of ours loads anything from elsewhere, or is shown inside another. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Collects the routes that are registered behind it, for `/openapi.json` and the page at `/docs`. Both are open: they hold no secrets. */
export async function documentApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'LLM Gateway admin API', version: VERSION, description: DESCRIPTION },
      components: { securitySchemes: { adminToken: { type: 'http', scheme: 'bearer' } } },
      security: [{ adminToken: [] }],
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    transformSpecification: (document) => finishDocument(document),
    transformSpecificationClone: false,
    uiConfig: { url: '/openapi.json', validatorUrl: null, deepLinking: true, persistAuthorization: false },
  })
  let finished: JsonObject | undefined
  app.get('/openapi.json', { schema: { hide: true } }, async () => {
    finished ??= finishDocument(app.swagger())
    return finished
  })
}
