import type { Provider } from './provider.ts'

/**
 * One resource of Azure OpenAI; `base_url` is the resource's address, `https://{resource}.openai.azure.com`. Requests take the v1
 * paths, where the body names the deployment as its model; a client's own classic paths are kept. An account of type `azure` sends an
 * Entra token instead of the resource's key.
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export const azureOpenai = {
  id: 'azure-openai',
  title: 'Azure OpenAI',
  origin: 'https://{resource}.openai.azure.com',
  roots: { openai: '/openai/v1' },
  dialects: ['openai-responses', 'openai-chat', 'openai-completions'],
  auth: { openai: { header: 'api-key', prefix: '' } },
  credentialVariables: [],
  modelPrefixes: [],
  healthCheck: { family: 'openai', path: '/models' },
  priceListId: 'azure',
  reportsStreamUsage: true,
  deploymentRoot: '/openai',
} satisfies Provider
