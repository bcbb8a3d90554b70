import type { DialectId } from '../core/dialect-id.ts'
import type { Address } from '../providers/address.ts'
import type { Provider } from '../providers/provider.ts'

/** One credential at one provider: what a request can be sent to. */
export interface Account {
  readonly id: string
  readonly name: string
  readonly provider: Provider
  readonly address: Address
  readonly secret: string
  /** What it speaks itself: the provider's dialects, or fewer where the account narrows them. */
  readonly dialects: readonly DialectId[]
  /** Models that it may be used for; undefined means all. */
  readonly models: readonly string[] | undefined
  readonly isActive: boolean
}
