import type { Provider } from './provider.ts'

/**
 * Alibaba's Model Studio (DashScope) in Singapore. A credential is good for its own region only; `base_url` names another, such as
 * `https://dashscope.aliyuncs.com`, or the domain of a workspace.
 * @see https://www.alibabacloud.com/help/en/model-studio/base-url
 */
export const qwen = {
  id: 'qwen',
  title: 'Qwen (DashScope)',
  origin: 'https://dashscope-intl.aliyuncs.com',
  roots: { openai: '/compatible-mode/v1', anthropic: '/apps/anthropic/v1' },
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages'],
  credentialVariables: ['DASHSCOPE_API_KEY'],
  modelPrefixes: ['qwen-', 'qwen2', 'qwen3', 'qwq-', 'qvq-'],
  healthCheck: { family: 'openai', path: '/models' },
  reportsStreamUsage: true,
  capabilities: { completionTokens: false, customTools: false },
} satisfies Provider
