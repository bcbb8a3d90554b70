import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiFamily } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import type { VirtualKey } from '../keys/directory.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import type { ListedModel, ModelDirectory } from '../pipeline/model-directory.ts'
import { settle } from '../pipeline/settle.ts'
import { routesOf } from '../pipeline/snapshot.ts'
import type { Account } from '../routing/account.ts'
import { matchesAny } from '../routing/model-pattern.ts'
import { planTargets, type RouteTable } from '../routing/plan.ts'
import { familyOfClient } from './data-plane.ts'
import { other } from './endpoints.ts'
import { encodeModel, encodeModelList } from './model-shapes.ts'
import { pathOf } from './request-url.ts'
import { serve } from './serve.ts'

export interface ModelRoutesOptions {
  readonly gateway: Gateway
  readonly directory: ModelDirectory
  readonly family: ApiFamily
  readonly root: string
}

/** What this key may call, in the family's shape. One account without limits answers for itself; otherwise the lists are put together. */
export function modelRoutes(
  app: FastifyInstance,
  { gateway, directory, family: pathFamily, root }: ModelRoutesOptions,
): void {
  const passThrough = serve(gateway, (request) =>
    other(familyOfClient(request, pathFamily), pathOf(request.url).slice(root.length), request.method),
  )
  const list = async (request: FastifyRequest, reply: FastifyReply) => {
    const family = familyOfClient(request, pathFamily)
    if (answersForItself(gateway, request, family)) return passThrough.call(app, request, reply)
    const models = await listModels(gateway, directory, request)
    return answer(gateway, request, reply, encodeModelList(family, models))
  }
  const one = async (request: FastifyRequest<{ Params: { '*': string } }>, reply: FastifyReply) => {
    const family = familyOfClient(request, pathFamily)
    if (answersForItself(gateway, request, family)) return passThrough.call(app, request, reply)
    const id = request.params['*']
    const model = (await listModels(gateway, directory, request)).find((listed) => listed.id === id)
    if (model === undefined)
      throw new GatewayError('model_not_found', `There is no model "${id}" that this key may use.`)
    return answer(gateway, request, reply, encodeModel(family, model))
  }
  app.get(`${root}/models`, list)
  app.get(`${root}/models/*`, one)
}

function answersForItself(gateway: Gateway, { virtualKey }: FastifyRequest, family: ApiFamily): boolean {
  const accounts = accountsOf(gateway, virtualKey)
  const [only] = accounts
  if (accounts.length !== 1 || only === undefined || virtualKey?.models !== undefined) return false
  return (
    only.models === undefined &&
    only.provider.healthCheck !== undefined &&
    only.address.roots[family] !== undefined &&
    virtualKey?.accountId !== undefined
  )
}

function accountsOf(gateway: Gateway, key: VirtualKey | undefined): readonly Account[] {
  const { snapshot } = gateway.current()
  const usable = snapshot.accounts.filter((account) => account.isActive)
  return key?.accountId === undefined ? usable : usable.filter(({ id }) => id === key.accountId)
}

/** An account that does not answer leaves a gap, not an error, unless none answers. */
async function listModels(
  gateway: Gateway,
  directory: ModelDirectory,
  request: FastifyRequest,
): Promise<ListedModel[]> {
  const { virtualKey } = request
  if (!virtualKey?.permissions.includes('read')) {
    throw new GatewayError('permission_denied', 'This key lacks the permission "read".')
  }
  const accounts = accountsOf(gateway, virtualKey)
  const { connections } = gateway.current()
  const lists = await Promise.allSettled(
    accounts.map((account) => allowedModels(account, directory, connections)),
  )
  const failures = lists.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (accounts.length > 0 && failures.length === accounts.length) throw failures[0]
  const routing = routingOf(gateway, virtualKey)
  const found = lists.flatMap((result, index) => {
    const listed = result.status === 'fulfilled' ? result.value : []
    const account = accounts[index]
    return routing === undefined || account === undefined ? listed : callable(listed, account, routing)
  })
  const models = [...(routing === undefined ? [] : routedModels(routing)), ...found]
  const unique = [...new Map(models.map((model) => [model.id, model])).values()]
  return unique.filter(({ id }) => virtualKey.models === undefined || matchesAny(virtualKey.models, id))
}

interface Routing {
  readonly accounts: readonly Account[]
  readonly routes: RouteTable
  readonly keyRoutes: RouteTable | undefined
}

/** What decides where a key's requests go; undefined for a key that is bound to one account. */
function routingOf(gateway: Gateway, key: VirtualKey): Routing | undefined {
  const { routes, accounts } = gateway.current().snapshot
  return key.accountId === undefined ? { routes, accounts, keyRoutes: routesOf(key) } : undefined
}

/** Names that routes give to models, as far as a request for them would go somewhere. */
function routedModels(routing: Routing): ListedModel[] {
  return [...(routing.keyRoutes?.routes ?? []), ...routing.routes.routes]
    .filter(({ isEnabled, sourceModel }) => isEnabled && !sourceModel.endsWith('*'))
    .flatMap(({ sourceModel: id }) => {
      const [account] = accountsServing(id, routing)
      return account === undefined ? [] : [{ id, providerId: account.provider.id }]
    })
}

/** An account's models under names that lead to it: their own, or with the provider in front. Others cannot be called. */
function callable(models: readonly ListedModel[], account: Account, routing: Routing): ListedModel[] {
  return models.flatMap((model) => {
    const names = [model.id, `${account.provider.id}/${model.id}`]
    const id = names.find((name) => accountsServing(name, routing).includes(account))
    return id === undefined ? [] : [{ ...model, id }]
  })
}

function accountsServing(model: string, { accounts, routes, keyRoutes }: Routing): Account[] {
  const request = { model, family: 'openai', providerId: undefined, pinned: undefined, keyRoutes } as const
  try {
    return planTargets(request, accounts, routes).map(({ account }) => account)
  } catch {
    return []
  }
}

type Connections = Parameters<ModelDirectory['list']>[1]

async function allowedModels(
  account: Account,
  directory: ModelDirectory,
  connections: Connections,
): Promise<readonly ListedModel[]> {
  const models = await directory.list(account, connections)
  return models.filter(({ id }) => account.models === undefined || matchesAny(account.models, id))
}

function answer(
  gateway: Gateway,
  { exchange }: FastifyRequest,
  reply: FastifyReply,
  body: object,
): FastifyReply {
  exchange.status = 200
  settle(gateway, exchange)
  return reply
    .header('x-request-id', exchange.requestId)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body))
}
