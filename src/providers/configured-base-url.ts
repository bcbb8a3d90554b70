import type { Config } from '../config/config.ts'
import { PROVIDERS } from './index.ts'

/** The address that configuration gives a provider in place of its own, under the name at hand or the one that we know it by. */
export function configuredBaseUrl(
  { providers }: Pick<Config, 'providers'>,
  name: string,
): string | undefined {
  const override = providers[name] ?? providers[PROVIDERS.get(name.toLowerCase())?.id ?? name]
  return override?.baseUrl
}
