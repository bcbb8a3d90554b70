import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { openAccount } from '../control/accounts.ts'
import { Credentials } from '../pipeline/credentials.ts'
import { testAccount } from '../pipeline/test-account.ts'
import { type AdminParts, deskOf } from './admin-parts.ts'
import { answers, BODY_REFUSALS, idParams } from './documented.ts'
import { idOf } from './resource-routes.ts'
import { ACCOUNTS } from './resources.ts'

const accountTest = z
  .strictObject({
    ok: z.boolean().meta({ description: 'It answers, and takes the credential as far as that can be told.' }),
    message: z.string().meta({ description: 'What it is, and what to do where it is not well.' }),
    code: z.string().nullable(),
    status: z.number().int().nullable().meta({ description: 'The HTTP status of its answer.' }),
    latency_ms: z.number().nullable(),
    models: z.number().int().nullable().meta({ description: 'How many models it lists.' }),
  })
  .meta({ id: 'AccountTest' })

/** What can be done with accounts only. */
export function accountRoutes(app: FastifyInstance, parts: AdminParts): void {
  const schema = {
    tags: [ACCOUNTS.tag],
    operationId: 'testAccount',
    summary: 'Ask an account how it is',
    description: 'One real call that spends no tokens. The answer is 200 however the account is.',
    params: idParams,
    response: answers({ 200: accountTest }, [404, ...BODY_REFUSALS]),
  }
  app.post('/accounts/:id/test', { schema }, async (request): Promise<z.output<typeof accountTest>> => {
    const desk = await deskOf(parts, request)
    const { isWell, latencyMs, ...same } = await testAccount({
      account: await openAccount(desk, idOf(request)),
      config: desk.config,
      connections: parts.gateway.current().connections,
      credentials: new Credentials(parts.credentialOf),
    })
    return { ok: isWell, latency_ms: latencyMs, ...same }
  })
}
