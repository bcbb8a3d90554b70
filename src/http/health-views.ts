import type { Gateway } from '../pipeline/gateway.ts'
import type { Account } from '../routing/account.ts'
import { type GatewayHealth, overall } from '../routing/health.ts'

export interface ProviderHealth {
  readonly healthy: boolean
  /** Null until traffic or a check has shown it. */
  readonly online: boolean | null
  readonly url: string
  readonly latency_ms: number | null
  readonly checked_at: string | null
  readonly circuit: 'closed'
}

/** The gateway's health with every provider that has an account; a provider is well while one of its accounts is. */
export function describeHealth(gateway: Gateway): {
  status: GatewayHealth
  timestamp: string
  providers: Record<string, ProviderHealth>
} {
  const providers: Record<string, ProviderHealth> = {}
  for (const account of gateway.current().snapshot.accounts) {
    if (!account.isActive) continue
    const described = describeAccount(gateway, account)
    const before = providers[account.provider.id]
    if (before === undefined || (!before.healthy && described.healthy))
      providers[account.provider.id] = described
  }
  const status = overall(Object.values(providers).map(({ healthy }) => healthy))
  return { status, timestamp: new Date(gateway.now()).toISOString(), providers }
}

function describeAccount(gateway: Gateway, account: Account): ProviderHealth {
  const known = gateway.health.of(account.id)
  const root = Object.values(account.address.roots)[0] ?? ''
  return {
    healthy: known?.isHealthy ?? true,
    online: known?.isHealthy ?? null,
    url: account.address.origin + account.address.prefix + root,
    latency_ms: known?.latencyMs ?? null,
    checked_at: known === undefined ? null : new Date(known.checkedAtMs).toISOString(),
    circuit: 'closed',
  }
}

/** The same as a list, for tools that grew up with it. */
export function listHealth(gateway: Gateway): {
  status: 'ok' | 'degraded' | 'unhealthy'
  providers: { name: string; url: string; online: boolean }[]
} {
  const { status, providers } = describeHealth(gateway)
  const list = Object.entries(providers).map(([name, { url, healthy }]) => ({ name, url, online: healthy }))
  return { status: status === 'healthy' ? 'ok' : status, providers: list }
}
