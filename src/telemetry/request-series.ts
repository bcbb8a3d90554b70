import { Counter, Histogram, type Registry } from 'prom-client'
import { createLabelCap, type LabelCap } from './label-cap.ts'

/** From a cache's answer to the longest reasoning. */
const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600]
const FIRST_TOKEN_BUCKETS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 30, 60]
const MAX_PROVIDERS = 100
const MAX_MODELS = 200
const MAX_TOKEN_KINDS = 32
/** The label of a request that ended before it had a provider or a model. */
const NONE = 'none'

/** What metrics want to know of one finished request. */
export interface FinishedRequest {
  readonly provider: string | null
  readonly model: string | null
  /** HTTP status that the client received. */
  readonly status: number
  readonly durationMs: number
  readonly firstTokenMs: number | null
  /** Counts by kind: input, cache_read, cache_write, output, reasoning, … */
  readonly tokens: Readonly<Record<string, number>> | null
  readonly costNanoUsd: number | null
  readonly isClientAborted: boolean
  /** Id or name of the virtual key; becomes a label only where the operator asked for that. */
  readonly virtualKey: string | null
}

interface Inc {
  inc(value?: number): void
}
interface Observe {
  observe(value: number): void
}
interface ProviderSeries {
  readonly durations: Observe
  readonly firstTokens: Observe
  readonly models: Map<string, ModelSeries>
}
interface ModelSeries {
  readonly byStatus: Map<number, Inc>
  readonly byTokenKind: Map<string, Inc>
  readonly cost: Inc
}

/**
 * Counters and histograms by provider and model. Returns how to record one request.
 * The labelled children are looked up once and kept: the library builds a string of all labels for each fresh lookup.
 */
export function registerRequestSeries(
  registry: Registry,
  prefix: string,
): (request: FinishedRequest) => void {
  const families = registerFamilies(registry, prefix)
  const providerCap = createLabelCap(MAX_PROVIDERS)
  const modelCap = createLabelCap(MAX_MODELS)
  const kindCap = createLabelCap(MAX_TOKEN_KINDS)
  const providers = new Map<string, ProviderSeries>()
  return (request) => {
    const provider = providerCap.admit(request.provider ?? NONE)
    const model = modelLabel(request, modelCap)
    const ofProvider = getOrMake(providers, provider, () => makeProvider(families, provider))
    const ofModel = getOrMake(ofProvider.models, model, () => makeModel(families, provider, model))
    const makeStatus = () => families.requests.labels(provider, model, String(request.status))
    getOrMake(ofModel.byStatus, request.status, makeStatus).inc()
    observeMs(ofProvider.durations, request.durationMs)
    if (request.firstTokenMs !== null) observeMs(ofProvider.firstTokens, request.firstTokenMs)
    addPositive(ofModel.cost, (request.costNanoUsd ?? 0) / 1e9)
    for (const name in request.tokens) {
      const kind = kindCap.admit(name)
      const makeKind = () => families.tokens.labels(provider, model, kind)
      addPositive(getOrMake(ofModel.byTokenKind, kind, makeKind), request.tokens[name] ?? 0)
    }
  }
}

function registerFamilies(registry: Registry, prefix: string) {
  const registers = [registry]
  return {
    requests: new Counter({
      name: `${prefix}requests_total`,
      help: 'Finished requests by provider, model and the HTTP status that the client received.',
      labelNames: ['provider', 'model', 'status'],
      registers,
    }),
    durations: new Histogram({
      name: `${prefix}request_duration_seconds`,
      help: 'Time from the first byte of a request to the last byte of its answer.',
      labelNames: ['provider'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    firstTokens: new Histogram({
      name: `${prefix}first_token_seconds`,
      help: 'Time from the first byte of a request to the first content of its answer.',
      labelNames: ['provider'],
      buckets: FIRST_TOKEN_BUCKETS,
      registers,
    }),
    tokens: new Counter({
      name: `${prefix}tokens_total`,
      help: 'Tokens used, by disjoint kind.',
      labelNames: ['provider', 'model', 'kind'],
      registers,
    }),
    cost: new Counter({
      name: `${prefix}cost_usd_total`,
      help: 'Money spent, in US dollars.',
      labelNames: ['provider', 'model'],
      registers,
    }),
  }
}

type Families = ReturnType<typeof registerFamilies>

function makeProvider(families: Families, provider: string): ProviderSeries {
  return {
    durations: families.durations.labels(provider),
    firstTokens: families.firstTokens.labels(provider),
    models: new Map(),
  }
}

function makeModel(families: Families, provider: string, model: string): ModelSeries {
  return { byStatus: new Map(), byTokenKind: new Map(), cost: families.cost.labels(provider, model) }
}

/** A request that was refused as wrong may well name a model that does not exist: it takes no label of its own. */
function modelLabel(request: FinishedRequest, cap: LabelCap): string {
  if (request.model === null) return NONE
  const isRefused = request.status >= 400 && request.status < 500 && request.status !== 429
  return isRefused ? cap.peek(request.model) : cap.admit(request.model)
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** Infinity and NaN would make the library throw, here in the path of a request. */
function observeMs(histogram: Observe, milliseconds: number): void {
  if (Number.isFinite(milliseconds)) histogram.observe(Math.max(0, milliseconds) / 1000)
}

function addPositive(counter: Inc, amount: number): void {
  if (amount > 0 && Number.isFinite(amount)) counter.inc(amount)
}
