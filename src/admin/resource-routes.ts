import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import type { Desk } from '../control/desk.ts'
import { type AdminParts, deskOf } from './admin-parts.ts'
import {
  answers,
  BODY_REFUSALS,
  idParams,
  nothing,
  type PageQuery,
  pageOf,
  versionHeaders,
} from './documented.ts'
import { entityTag, expectedVersion } from './entity-tag.ts'

/** Something with an id and a version that is listed, made, changed and deleted. */
export interface Resource<View, Input, Changes, Query extends PageQuery> {
  /** Its path below the API's root, such as `keys`. */
  readonly path: string
  /** Its heading in the document. */
  readonly tag: string
  /** What one is called: `virtual key`. */
  readonly noun: string
  /** The same in the names of operations: `VirtualKey`. */
  readonly name: string
  readonly shape: z.ZodType<View>
  /** What the answer to its making looks like, where that says more than later ones. */
  readonly createdShape?: z.ZodType
  readonly inputShape: z.ZodType<Input>
  readonly changesShape: z.ZodType<Changes>
  readonly queryShape: z.ZodType<Query>
  readonly page: (desk: Desk, query: Query) => Promise<{ items: View[]; next_cursor: string | null }>
  readonly create: (desk: Desk, input: Input) => Promise<View>
  readonly show: (desk: Desk, id: string) => Promise<View>
  readonly edit: (desk: Desk, id: string, changes: Changes, version?: number) => Promise<View>
  readonly remove: (desk: Desk, id: string, version?: number) => Promise<View>
}

interface Versioned {
  readonly id: string
  /** Null for what a file declares. */
  readonly version: number | null
}

/** The five endpoints of a resource. Bodies and queries are checked against their shapes before a handler sees them. */
export function resourceRoutes<View extends Versioned, Input, Changes, Query extends PageQuery>(
  app: FastifyInstance,
  parts: AdminParts,
  resource: Resource<View, Input, Changes, Query>,
): void {
  const { path, noun, name, shape, createdShape = shape } = resource
  const tags = [resource.tag]
  const one = `/${path}/:id`
  app.get(
    `/${path}`,
    {
      schema: {
        tags,
        operationId: `list${name}s`,
        summary: `List ${noun}s`,
        querystring: resource.queryShape,
        response: answers({ 200: pageOf(shape) }, [404]),
      },
    },
    async (request) => await resource.page(await deskOf(parts, request), request.query as Query),
  )
  app.post(
    `/${path}`,
    {
      schema: {
        tags,
        operationId: `create${name}`,
        summary: `Make ${article(noun)}`,
        body: resource.inputShape,
        response: answers({ 201: createdShape }, [409, ...BODY_REFUSALS]),
      },
    },
    async (request, reply) => {
      const created = await resource.create(await deskOf(parts, request), request.body as Input)
      reply.code(201).header('location', `/api/admin/v1/${path}/${created.id}`)
      return tagged(reply, created)
    },
  )
  app.get(
    one,
    {
      schema: {
        tags,
        operationId: `get${name}`,
        summary: `Show ${article(noun)}`,
        params: idParams,
        response: answers({ 200: shape }, [404]),
      },
    },
    async (request, reply) => tagged(reply, await resource.show(await deskOf(parts, request), idOf(request))),
  )
  app.patch(
    one,
    {
      schema: {
        tags,
        operationId: `update${name}`,
        summary: `Change ${article(noun)}`,
        description: 'Fields that are left out stay as they are.',
        params: idParams,
        headers: versionHeaders,
        body: resource.changesShape,
        response: answers({ 200: shape }, [404, 409, 412, ...BODY_REFUSALS]),
      },
    },
    async (request, reply) => {
      const version = versionOf(request)
      const desk = await deskOf(parts, request)
      return tagged(reply, await resource.edit(desk, idOf(request), request.body as Changes, version))
    },
  )
  app.delete(
    one,
    {
      schema: {
        tags,
        operationId: `delete${name}`,
        summary: `Delete ${article(noun)}`,
        params: idParams,
        headers: versionHeaders,
        response: answers({ 204: nothing }, [404, 409, 412, ...BODY_REFUSALS]),
      },
    },
    async (request, reply) => {
      await resource.remove(await deskOf(parts, request), idOf(request), versionOf(request))
      return reply.code(204).send()
    },
  )
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

/** The `{id}` of the path. */
export function idOf({ params }: FastifyRequest): string {
  return (params as z.output<typeof idParams>).id
}

/** What `If-Match` says. Throws `invalid_request`. */
export function versionOf({ headers }: FastifyRequest): number | undefined {
  return expectedVersion(headers['if-match'])
}

/** The view as the answer's body, with its version as `ETag`. */
export function tagged<View extends Versioned>(reply: FastifyReply, view: View): View {
  if (view.version !== null) reply.header('etag', entityTag(view.version))
  return view
}
