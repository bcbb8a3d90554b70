import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { bedrock } from './bedrock.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { gemini } from './gemini.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openrouter } from './openrouter.ts'
import type { Provider } from './provider.ts'
import { qwen } from './qwen.ts'
import { simulated } from './simulated.ts'
import { together } from './together.ts'
import { vertex } from './vertex.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'

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
  ['vertex', vertex],
  ['google-vertex', vertex],
  ['vertex-ai', vertex],
  ['bedrock', bedrock],
  ['aws-bedrock', bedrock],
  ['amazon-bedrock', bedrock],
  ['mistral', mistral],
  ['groq', groq],
  ['xai', xai],
  ['x-ai', xai],
  ['openrouter', openrouter],
  ['together', together],
  ['together-ai', together],
  ['fireworks', fireworks],
  ['fireworks-ai', fireworks],
  ['qwen', qwen],
  ['dashscope', qwen],
  ['ollama', ollama],
  ['vllm', vllm],
  ['simulated', simulated],
])

/** Which environment variable holds whose credential: `{ OPENAI_API_KEY: 'openai', … }`. */
export const CREDENTIAL_VARIABLES: Readonly<Record<string, string>> = Object.fromEntries(
  [...new Set(PROVIDERS.values())].flatMap(({ id, credentialVariables }) =>
    credentialVariables.map((name) => [name, id]),
  ),
)
