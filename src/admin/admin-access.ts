import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ensureAdminToken, hashAdminToken, readAdminTokenHash } from '../control/admin-token.ts'
import { GatewayError } from '../core/errors.ts'
import { readBearer } from '../keys/credentials.ts'
import type { AdminParts } from './admin-parts.ts'
import { FailureLimit } from './failure-limit.ts'

/** Resolves for a request with the admin token. Rejects with `key_missing`, `key_unknown`, `quota_exceeded`, `store_unavailable`. */
export type AdminAccess = (request: FastifyRequest) => Promise<void>

/** Lets administrators in, and nobody else: a virtual key is as good as none. Nothing of a body has been read by then. */
export function createAdminAccess(parts: AdminParts): AdminAccess {
  const { now, logger } = parts.gateway
  const limit = new FailureLimit()
  return async (request) => {
    const address = request.socket.remoteAddress ?? ''
    const token = readBearer(request.headers.authorization)
    const waitMs = token === undefined ? 0 : limit.waitMs(address, now())
    if (waitMs > 0) {
      const message = 'Too many wrong admin tokens. Wait before you try again.'
      throw new GatewayError('quota_exceeded', message, { retryAfterMs: waitMs })
    }
    const expected = await expectedHash(parts)
    if (expected === undefined) throw new GatewayError('key_unknown', HOW_TO_MAKE)
    if (token === undefined) throw new GatewayError('key_missing', HOW_TO_PRESENT)
    if (isSame(hashAdminToken(token), expected)) {
      limit.succeeded(address, now())
      return
    }
    limit.failed(address, now())
    logger.warn({ address, request_id: request.id }, 'a wrong admin token was presented')
    throw new GatewayError('key_unknown', `This is not the admin token. ${WHERE_IT_IS}`)
  }
}

const WHERE_IT_IS =
  'It is LLM_GATEWAY_ADMIN_TOKEN where that is set; else the gateway printed it once, and "llm-gateway admin token --rotate" makes another one.'
const HOW_TO_PRESENT = `Send the admin token as "Authorization: Bearer <token>". ${WHERE_IT_IS}`
const HOW_TO_MAKE =
  'There is no admin token yet. Make one with "llm-gateway admin token --rotate", or set LLM_GATEWAY_ADMIN_TOKEN.'

/** That of the configuration's token, else of the store's, which is made here if there is somebody to show it to. */
async function expectedHash(parts: AdminParts): Promise<string | undefined> {
  const { token } = parts.config().admin
  if (token !== undefined) return hashAdminToken(token)
  const { store } = await parts.openStore()
  const hash = await readAdminTokenHash(store.db)
  if (hash !== undefined || parts.showToken === undefined) return hash
  const made = await ensureAdminToken(store.db, parts.gateway.now)
  if (made !== undefined) parts.showToken(made)
  return await readAdminTokenHash(store.db)
}

function isSame(hash: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(hash), Buffer.from(expected))
}
