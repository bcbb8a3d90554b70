import type { Clock } from '../core/clock.ts'
import type { StoredKeys } from '../keys/stored-keys.ts'
import type { PriceBook } from '../ledger/price-book.ts'
import type { RequestQuota } from '../limits/request-quota.ts'
import type { Rotation } from '../routing/rotation.ts'
import type { InteractionLog } from '../telemetry/interaction-log.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Redactor } from '../telemetry/redact.ts'
import type { UpstreamConnections } from '../upstream/connections.ts'
import type { HealthBoard } from './health-board.ts'
import type { SignatureMemory } from './signature-memory.ts'
import type { Snapshot } from './snapshot.ts'

/** The parts that every request needs, built once by the composition root. Only what `current` returns ever changes. */
export interface Gateway {
  /** The configuration in force and the connections that belong to it. */
  current(): { readonly snapshot: Snapshot; readonly connections: UpstreamConnections }
  /** Keys that were issued at run time; undefined while there is no store. */
  storedKeys(): StoredKeys | undefined
  readonly quota: RequestQuota
  readonly prices: PriceBook
  readonly health: HealthBoard
  readonly signatures: SignatureMemory
  readonly rotation: Rotation
  readonly metrics: Metrics
  readonly interactions: InteractionLog
  readonly logger: Logger
  readonly redactor: Redactor
  readonly now: Clock
}
