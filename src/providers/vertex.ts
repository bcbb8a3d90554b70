import { BEARER, type Provider } from './provider.ts'

const PROJECT = '/v1/projects/{project}/locations/{location}'

/**
 * Google Cloud's Vertex AI. Gemini is asked as ever, Claude by its maker's API in an envelope, and the open models that Google hosts by
 * Chat Completions. Nothing of it answers without spending, but for the credentials: traffic tells its health.
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest and
 * https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude
 */
export const vertex = {
  id: 'vertex',
  title: 'Google Vertex AI',
  origin: 'https://{location}-aiplatform.googleapis.com',
  originsByPlace: {
    location: {
      global: 'https://aiplatform.googleapis.com',
      us: 'https://aiplatform.us.rep.googleapis.com',
      eu: 'https://aiplatform.eu.rep.googleapis.com',
    },
  },
  roots: {
    gemini: `${PROJECT}/publishers/google`,
    anthropic: `${PROJECT}/publishers/anthropic`,
    openai: `${PROJECT}/endpoints/openapi`,
  },
  dialects: ['openai-chat'],
  dialectsByModel: [
    { model: /claude/, dialects: ['anthropic-messages'] },
    { model: /^(models\/)?(gemini|learnlm)/, dialects: ['gemini'] },
  ],
  conversationPaths: {
    'anthropic-messages': {
      whole: '/models/{model}:rawPredict',
      stream: '/models/{model}:streamRawPredict',
    },
  },
  envelopes: {
    'anthropic-messages': {
      removes: ['model'],
      adds: { anthropic_version: 'vertex-2023-10-16' },
      omitsHeaders: ['anthropic-version'],
      errors: 'gemini',
    },
  },
  cloud: 'google',
  auth: { gemini: BEARER, anthropic: BEARER },
  credentialVariables: [],
  modelPrefixes: [],
  priceListId: 'google',
  reportsStreamUsage: true,
  countsTokens: ['gemini'],
} satisfies Provider
