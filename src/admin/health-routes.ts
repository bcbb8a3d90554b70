import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { AccountConfig } from '../config/config.ts'
import { shownInstant, source, toInstant } from '../control/fields.ts'
import type { Gateway } from '../pipeline/gateway.ts'
import { overall } from '../routing/health.ts'
import type { AdminParts } from './admin-parts.ts'
import { answers } from './documented.ts'

const STATES = ['healthy', 'sick', 'unknown', 'disabled', 'unusable'] as const

const accountHealth = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    source,
    state: z.enum(STATES).meta({
      description:
        '`unknown`: neither traffic nor a check has shown it yet. `unusable`: requests cannot be sent, see `problem`.',
    }),
    latency_ms: z.number().nullable().meta({ description: 'To the headers of its last answer.' }),
    checked_at: shownInstant,
    failures: z.number().int().meta({ description: 'In a row.' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'The code of its last failure, or why it is unusable.' }),
  })
  .meta({ id: 'AccountHealth' })

const gatewayHealth = z
  .strictObject({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    accounts: z.array(accountHealth),
  })
  .meta({ id: 'Health' })

/** How every account of this process is, as traffic and checks have shown it. */
export function healthRoutes(app: FastifyInstance, { gateway }: AdminParts): void {
  const schema = {
    tags: ['Health'],
    operationId: 'getHealth',
    summary: 'Show how the accounts are',
    response: answers({ 200: gatewayHealth }),
  }
  app.get('/health', { schema }, async (): Promise<z.output<typeof gatewayHealth>> => {
    const { config } = gateway.current().snapshot
    const accounts = [
      ...config.accounts.map((account) => describe(gateway, account)),
      ...unopened(gateway, config.accounts),
    ]
    const used = accounts.filter(({ state }) => state !== 'disabled')
    return { status: overall(used.map(({ state }) => state !== 'sick' && state !== 'unusable')), accounts }
  })
}

type AccountHealthView = z.output<typeof accountHealth>

function describe(gateway: Gateway, account: AccountConfig): AccountHealthView {
  const known = gateway.health.of(account.id)
  const obstacle = obstacleOf(gateway, account)
  return {
    id: account.id,
    name: account.name,
    provider: account.provider,
    source: account.source,
    state: obstacle === undefined ? stateOf(account, known?.isHealthy) : 'unusable',
    latency_ms: known?.latencyMs ?? null,
    checked_at: toInstant(known?.checkedAtMs ?? null),
    failures: known?.failures ?? 0,
    problem: obstacle ?? known?.problem ?? null,
  }
}

function stateOf({ status }: AccountConfig, isHealthy: boolean | undefined): AccountHealthView['state'] {
  if (status !== 'active') return 'disabled'
  if (isHealthy === undefined) return 'unknown'
  return isHealthy ? 'healthy' : 'sick'
}

function obstacleOf(gateway: Gateway, { id, provider }: AccountConfig): string | undefined {
  const { unusable, unknownProviders } = gateway.current().snapshot
  if (unknownProviders.has(id)) return `There is no provider "${provider}".`
  return unusable.get(id)?.message
}

/** Stored accounts that could not even be opened are in no configuration. */
function unopened(gateway: Gateway, accounts: readonly AccountConfig[]): AccountHealthView[] {
  const known = new Set(accounts.map(({ id }) => id))
  const { unusable } = gateway.current().snapshot
  return [...unusable]
    .filter(([id]) => !known.has(id))
    .map(([id, { message }]) => ({
      id,
      name: id,
      provider: '',
      source: 'store',
      state: 'unusable',
      latency_ms: null,
      checked_at: null,
      failures: 0,
      problem: message,
    }))
}
