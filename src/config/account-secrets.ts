import type { CloudConfig, Config } from './config.ts'

/** Fields of a cloud's credentials that nobody may see. */
export const CLOUD_SECRETS = ['secretAccessKey', 'sessionToken', 'credentialsJson', 'clientSecret'] as const

/** What accounts prove themselves with, and what therefore no log may show. The simulated provider's key is no secret. */
export function accountSecrets({ accounts }: Config): string[] {
  const real = accounts.filter(({ source }) => source !== 'simulated')
  return real.flatMap(({ apiKey, cloud }) => [apiKey, ...cloudSecrets(cloud)])
}

function cloudSecrets(cloud: CloudConfig | undefined): string[] {
  const fields: Partial<Record<(typeof CLOUD_SECRETS)[number], string>> = cloud ?? {}
  return CLOUD_SECRETS.flatMap((name) => fields[name] ?? [])
}
