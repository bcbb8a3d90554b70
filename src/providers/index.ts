import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { deepseek } from './deepseek.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import type { Provider } from './provider.ts'
import { simulated } from './simulated.ts'

/** Every provider that we know, by id and by the other names that people use for it. */
export const PROVIDERS: ReadonlyMap<string, Provider> = new Map<string, Provider>([
  ['openai', openai],
  ['openai-compatible', openaiCompatible],
  ['deepseek', deepseek],
  ['anthropic', anthropic],
  ['gemini', gemini],
  ['google', gemini],
  ['azure-openai', azureOpenai],
  ['azure', azureOpenai],
  ['simulated', simulated],
])

/** Which environment variable holds whose credential: `{ OPENAI_API_KEY: 'openai', … }`. */
export const CREDENTIAL_VARIABLES: Readonly<Record<string, string>> = Object.fromEntries(
  [...PROVIDERS.values()].flatMap(({ id, credentialVariables }) =>
    credentialVariables.map((name) => [name, id]),
  ),
)
