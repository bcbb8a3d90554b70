import { totalInputTokens, totalOutputTokens, type Usage } from '../ir/usage.ts'
import { costOf } from '../ledger/cost.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** Accounts for an exchange: log line and metrics, once, however it ended. `status` is what the client received. */
export function settle(gateway: Gateway, exchange: Exchange): void {
  if (exchange.isSettled) return
  exchange.isSettled = true
  const durationMs = elapsed(exchange, performance.now())
  const firstTokenMs =
    exchange.firstTokenTick === undefined ? null : elapsed(exchange, exchange.firstTokenTick)
  const { usage } = exchange.facts
  const costNanoUsd = usage === undefined ? null : priced(gateway, exchange, usage)
  const shared = {
    provider: exchange.account?.provider.id ?? null,
    model: exchange.model ?? exchange.facts.model ?? null,
    // a client that left before any status line got none; 499 is what logs call that
    status: exchange.status ?? 499,
    durationMs,
    firstTokenMs,
    costNanoUsd,
    isClientAborted: exchange.isClientGone,
    virtualKey: exchange.key?.label ?? null,
  }
  gateway.metrics.requestFinished({
    ...shared,
    model: exchange.account === undefined ? null : shared.model,
    tokens: usage === undefined ? null : tokensByKind(usage),
  })
  gateway.interactions.write({
    ...shared,
    timestampMs: exchange.startedAtMs,
    method: exchange.method,
    path: exchange.path,
    request: exchange.requestBody ?? null,
    response: exchange.responseBody ?? null,
    requestId: exchange.requestId,
    upstream: exchange.account?.name ?? null,
    attempts: exchange.attempts,
    usage: usage === undefined ? null : loggedUsage(usage),
    isStreaming: exchange.isStreaming,
    dropped: exchange.dropped.map(({ path, action, reason }) => `${path}: ${action}, ${reason}`),
    errorCode: exchange.errorCode ?? null,
  })
}

function elapsed(exchange: Exchange, tick: number): number {
  return Math.round((tick - exchange.startedTick) * 10) / 10
}

/**
 * The upstream's own name for the model has the price: what it answers with, or what its URLs name, where the answer has only the
 * maker's name. Null where nobody lists one.
 */
function priced(gateway: Gateway, exchange: Exchange, usage: Usage): number | null {
  const { priceListId: list, conversationPaths } = exchange.account?.provider ?? {}
  if (list === undefined) return null
  const names = [exchange.facts.model, exchange.model]
  for (const model of conversationPaths === undefined ? names : names.toReversed()) {
    const price = model === undefined ? undefined : gateway.prices.find(list, model)
    if (price !== undefined) return costOf(usage, price)
  }
  return null
}

function tokensByKind(usage: Usage): Record<string, number> {
  return {
    input: usage.inputTokens,
    cache_read: usage.cacheReadTokens,
    cache_write: usage.cacheWriteTokens + usage.cacheWriteLongTokens,
    input_audio: usage.inputAudioTokens,
    output: usage.outputTokens,
    reasoning: usage.reasoningTokens,
    output_audio: usage.outputAudioTokens,
  }
}

/** Totals first, as most people read them; then the buckets that they are made of. */
function loggedUsage(usage: Usage): Record<string, number> {
  return {
    input_tokens: totalInputTokens(usage),
    output_tokens: totalOutputTokens(usage),
    total_tokens: totalInputTokens(usage) + totalOutputTokens(usage),
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens + usage.cacheWriteLongTokens,
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: usage.inputAudioTokens + usage.outputAudioTokens,
    hosted_tool_calls: usage.hostedToolCalls,
  }
}
