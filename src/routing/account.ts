import type { UpstreamDialectId, UpstreamFamily } from '../core/dialect-id.ts'
import type { CapabilityOverrides } from '../ir/capabilities.ts'
import type { Address } from '../providers/address.ts'
import { FAMILY_AUTH, type Provider } from '../providers/provider.ts'
import type { Credential } from '../upstream/credential.ts'

/** One credential at one provider: what a request can be sent to. */
export interface Account {
  readonly id: string
  readonly name: string
  readonly provider: Provider
  readonly address: Address
  /** A fixed key; empty where there is none, or where `credential` takes its place. */
  readonly secret: string
  readonly credential: Credential | undefined
  /** Go with every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What it speaks itself: the provider's dialects, or fewer where the account narrows them. */
  readonly dialects: readonly UpstreamDialectId[]
  /** Models that it may be used for; undefined means all. */
  readonly models: readonly string[] | undefined
  /** What its models accept, where the operator knows better than we do. */
  readonly capabilities?: CapabilityOverrides
  /** Higher ones first. */
  readonly priority: number
  /** Its share among accounts of the same priority. */
  readonly weight: number
  /** Made through the admin API: it may only be reached at public addresses. */
  readonly isPublicOnly: boolean
  readonly isActive: boolean
}

/** The account's fixed key in the header where this family wants it; nothing where there is none, or where a `credential` takes its place. */
export function keyHeader(
  { provider, secret }: Pick<Account, 'provider' | 'secret'>,
  family: UpstreamFamily,
): Readonly<Record<string, string>> {
  if (secret === '') return {}
  const { header, prefix } = provider.auth?.[family] ?? FAMILY_AUTH[family]
  return { [header]: prefix + secret }
}
