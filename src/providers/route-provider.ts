import type { AccountConfig, Config } from '../config/config.ts'
import { nearestName } from '../core/nearest.ts'
import { PROVIDERS } from './index.ts'

export interface RouteEnds {
  readonly providers: Config['providers']
  readonly accounts: readonly Pick<AccountConfig, 'id' | 'name' | 'provider'>[]
}

/**
 * What to tell of the provider of a route that leads nowhere, such as `did you mean "openai"?`. Undefined where it is one that we know
 * or that configuration gives an address, or where an account or its provider is called so.
 */
export function hintAtProvider(name: string, { providers, accounts }: RouteEnds): string | undefined {
  const placed = Object.keys(providers).filter((id) => providers[id]?.baseUrl !== undefined)
  const own = accounts.flatMap((account) => [account.name, account.id, account.provider])
  const names = [...PROVIDERS.keys(), ...placed, ...own]
  if (names.some((known) => known.toLowerCase() === name.toLowerCase())) return undefined
  const nearest = nearestName(name, names)
  return nearest === undefined ? 'add its account first' : `did you mean "${nearest}"?`
}
