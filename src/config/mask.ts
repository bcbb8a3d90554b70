import { CLOUD_SECRETS } from './account-secrets.ts'
import type { Config } from './config.ts'

const MASK = '***'

/**
 * The configuration as it may be shown: provider keys, hashes of virtual keys, and whatever of a URL can hold a secret
 * are replaced by `***`. An empty key stays empty, so that one sees it is missing.
 */
export function maskConfig(config: Config): Config {
  const { admin, database, environment, vault } = config
  return {
    ...config,
    virtualKeys: config.virtualKeys.map((key) => ({ ...key, secretSha256: MASK })),
    accounts: config.accounts.map((account) => ({
      ...account,
      apiKey: account.apiKey === '' ? '' : MASK,
      ...(account.cloud && {
        cloud: {
          ...account.cloud,
          ...masked(account.cloud, CLOUD_SECRETS),
        },
      }),
      ...(account.headers && {
        headers: Object.fromEntries(Object.keys(account.headers).map((name) => [name, MASK])),
      }),
      ...(account.baseUrl !== undefined && { baseUrl: maskUrl(account.baseUrl) }),
    })),
    providers: Object.fromEntries(
      Object.entries(config.providers).map(([id, provider]) => [
        id,
        { ...provider, ...(provider.baseUrl !== undefined && { baseUrl: maskUrl(provider.baseUrl) }) },
      ]),
    ),
    database: { ...database, ...(database.url !== undefined && { url: maskUrl(database.url) }) },
    vault: { ...vault, ...masked(vault, ['key', 'previousKey']) },
    admin: { ...admin, ...masked(admin, ['token']) },
    environment: {
      ...environment,
      ...(environment.httpProxy !== undefined && { httpProxy: maskUrl(environment.httpProxy) }),
      ...(environment.httpsProxy !== undefined && { httpsProxy: maskUrl(environment.httpsProxy) }),
    },
  }
}

/** Those of these fields that are there, without what they hold. */
function masked(fields: object, secrets: readonly string[]): object {
  return Object.fromEntries(secrets.filter((name) => name in fields).map((name) => [name, MASK]))
}

/** A URL without its credentials and query. */
export function maskUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, `$1${MASK}@`).replace(/\?.*$/, `?${MASK}`)
}
