import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  begunSignInShape,
  type SignInCompletion,
  type SignInStart,
  signInCompletionShape,
  signInShape,
  signInStartShape,
} from '../control/sign-in-shapes.ts'
import {
  completeSignIn,
  endSignIn,
  refreshSignIn,
  type SignInDesk,
  showSignIn,
  startSignIn,
} from '../control/sign-ins.ts'
import { type AdminParts, deskOf } from './admin-parts.ts'
import { answers, BODY_REFUSALS, idParams, nothing } from './documented.ts'
import { idOf } from './resource-routes.ts'

const signIn = signInShape.meta({ id: 'SignIn' })
const TAGS = ['Sign-ins']
/** What a provider may answer, or not answer at all. */
const UPSTREAM = [502, 504] as const

/** Signing in to accounts of type `oauth`. */
export function signInRoutes(app: FastifyInstance, parts: AdminParts): void {
  const deskFor = async (request: FastifyRequest): Promise<SignInDesk> => ({
    ...(await deskOf(parts, request)),
    connections: () => parts.gateway.current().connections,
  })
  app.post(
    '/accounts/:id/oauth/start',
    {
      // no body is one without fields
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        tags: TAGS,
        operationId: 'startSignIn',
        summary: 'Begin a sign-in',
        params: idParams,
        body: signInStartShape.meta({ id: 'SignInStart' }),
        response: answers({ 200: begunSignInShape.meta({ id: 'BegunSignIn' }) }, [
          404,
          409,
          ...UPSTREAM,
          ...BODY_REFUSALS,
        ]),
      },
    },
    async (request) => await startSignIn(await deskFor(request), idOf(request), request.body as SignInStart),
  )
  app.post(
    '/oauth/complete',
    {
      schema: {
        tags: TAGS,
        operationId: 'completeSignIn',
        summary: 'Complete a sign-in',
        body: signInCompletionShape.meta({ id: 'SignInCompletion' }),
        response: answers({ 200: signIn }, [403, 404, 409, ...UPSTREAM, ...BODY_REFUSALS]),
      },
    },
    async (request) => await completeSignIn(await deskFor(request), request.body as SignInCompletion),
  )
  app.get(
    '/accounts/:id/oauth',
    {
      schema: {
        tags: TAGS,
        operationId: 'getSignIn',
        summary: 'Show how it stands with a sign-in',
        params: idParams,
        response: answers({ 200: signIn }, [404, 409]),
      },
    },
    async (request) => await showSignIn(await deskOf(parts, request), idOf(request)),
  )
  app.post(
    '/accounts/:id/oauth/refresh',
    {
      schema: {
        tags: TAGS,
        operationId: 'refreshSignIn',
        summary: 'Fetch new tokens now',
        params: idParams,
        response: answers({ 200: signIn }, [404, 409, ...UPSTREAM, ...BODY_REFUSALS]),
      },
    },
    async (request) => await refreshSignIn(await deskFor(request), idOf(request)),
  )
  app.delete(
    '/accounts/:id/oauth',
    {
      schema: {
        tags: TAGS,
        operationId: 'endSignIn',
        summary: 'Sign out',
        description: 'Forgets the tokens; the provider is not told.',
        params: idParams,
        response: answers({ 204: nothing }, [404, 409, ...BODY_REFUSALS]),
      },
    },
    async (request, reply) => {
      await endSignIn(await deskOf(parts, request), idOf(request))
      return reply.code(204).send()
    },
  )
}
