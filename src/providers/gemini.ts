import type { Provider } from './provider.ts'

/** @see https://ai.google.dev/api */
export const gemini = {
  id: 'gemini',
  title: 'Google Gemini',
  origin: 'https://generativelanguage.googleapis.com',
  roots: { gemini: '/v1beta' },
  dialects: ['gemini'],
  credentialVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  modelPrefixes: ['gemini-', 'gemma-', 'imagen-', 'models/'],
  healthCheck: { family: 'gemini', path: '/models?pageSize=1' },
  priceListId: 'google',
  countsTokens: ['gemini'],
  reportsStreamUsage: false,
} satisfies Provider
