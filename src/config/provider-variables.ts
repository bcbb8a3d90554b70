import type { AccountConfig } from './config.ts'
import { contradiction, variablesSet } from './environment.ts'
import type { ConfigProblem } from './problem.ts'

/**
 * Accounts from provider keys in the environment. `providerVariables` maps a variable (`OPENAI_API_KEY`) to its provider
 * (`openai`). Two variables of one provider with different values are a problem that names both.
 */
export function readProviderVariables(
  environment: NodeJS.ProcessEnv,
  providerVariables: Readonly<Record<string, string>>,
): { accounts: AccountConfig[]; problems: ConfigProblem[] } {
  const accounts: AccountConfig[] = []
  const problems: ConfigProblem[] = []
  const byProvider = Map.groupBy(Object.entries(providerVariables), ([, provider]) => provider)
  for (const [provider, entries] of byProvider) {
    const [first, ...others] = variablesSet(
      environment,
      entries.map(([variable]) => variable),
    )
    if (first === undefined) continue
    const different = others.find(({ value }) => value !== first.value)
    if (different) problems.push(contradiction(first.variable, different.variable))
    accounts.push(toAccount(provider, first.variable, first.value))
  }
  return { accounts, problems }
}

function toAccount(provider: string, variable: string, apiKey: string): AccountConfig {
  return {
    id: `${provider}-environment`,
    name: variable,
    type: 'api-key',
    provider,
    apiKey,
    status: 'active',
    source: 'environment',
  }
}
