import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Account } from '../routing/account.ts'
import type { Gateway } from './gateway.ts'
import { askCheaply } from './model-directory.ts'

/**
 * Asks every account for its list of models now and then, which spends no tokens. An account that traffic has just shown to be well
 * is left alone. Returns how to stop.
 */
export function startHealthChecks(gateway: Gateway): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const round = async () => {
    const { intervalMs } = gateway.current().snapshot.config.health
    if (intervalMs > 0) await checkAll(gateway, intervalMs)
    // with checks switched off, look again later: a reload may switch them on
    if (!isStopped) timer = setTimeout(next, intervalMs > 0 ? intervalMs : 60_000).unref()
  }
  const next = () => void round()
  timer = setTimeout(next, 0).unref()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}

async function checkAll(gateway: Gateway, intervalMs: number): Promise<void> {
  const { accounts } = gateway.current().snapshot
  const due = accounts.filter((account) => account.isActive && isDue(gateway, account, intervalMs))
  await Promise.all(due.map((account) => check(gateway, account)))
}

function isDue(gateway: Gateway, account: Account, intervalMs: number): boolean {
  const known = gateway.health.of(account.id)
  return known === undefined || !known.isHealthy || gateway.now() - known.checkedAtMs >= intervalMs / 2
}

async function check(gateway: Gateway, account: Account): Promise<void> {
  const { healthCheck } = account.provider
  if (healthCheck === undefined) return
  const { snapshot, connections } = gateway.current()
  const startedTick = performance.now()
  try {
    const { status } = await askCheaply(account, connections, healthCheck, snapshot.config.health.timeoutMs)
    const problem = problemOf(status)
    if (problem === undefined) gateway.health.succeeded(account.id, performance.now() - startedTick)
    else gateway.health.failedCheck(account.id, problem)
  } catch (thrown) {
    gateway.health.failedCheck(account.id, toGatewayError(thrown))
  }
}

/** A server without a model list (404, 405) is up all the same, and so is one that says we ask too often. */
function problemOf(status: number): GatewayError | undefined {
  if (status === 401 || status === 403) {
    return new GatewayError('upstream_credentials_rejected', 'The provider rejected the credential.', {
      upstreamStatus: status,
    })
  }
  if (status < 500) return undefined
  return new GatewayError('upstream_error', `The provider answered ${status}.`, { upstreamStatus: status })
}
