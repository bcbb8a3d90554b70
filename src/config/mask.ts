import type { Config } from './config.ts'

const MASK = '***'

/**
 * The configuration as it may be shown: provider keys, hashes of virtual keys, and whatever of a URL can hold a secret
 * are replaced by `***`. An empty key stays empty, so that one sees it is missing.
 */
export function maskConfig(config: Config): Config {
  const { environment } = config
  return {
    ...config,
    virtualKeys: config.virtualKeys.map((key) => ({ ...key, secretSha256: MASK })),
    accounts: config.accounts.map((account) => ({
      ...account,
      apiKey: account.apiKey === '' ? '' : MASK,
      ...(account.baseUrl !== undefined && { baseUrl: maskUrl(account.baseUrl) }),
    })),
    providers: Object.fromEntries(
      Object.entries(config.providers).map(([id, provider]) => [
        id,
        { ...provider, ...(provider.baseUrl !== undefined && { baseUrl: maskUrl(provider.baseUrl) }) },
      ]),
    ),
    environment: {
      ...environment,
      ...(environment.httpProxy !== undefined && { httpProxy: maskUrl(environment.httpProxy) }),
      ...(environment.httpsProxy !== undefined && { httpsProxy: maskUrl(environment.httpsProxy) }),
    },
  }
}

/** A URL without its credentials and query. */
function maskUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, `$1${MASK}@`).replace(/\?.*$/, `?${MASK}`)
}
