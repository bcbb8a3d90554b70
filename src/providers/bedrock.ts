import { BEARER, type Provider } from './provider.ts'

/** Ids begin with a model's maker, or with the area that an inference profile covers. */
const MAKERS = [
  'amazon.',
  'anthropic.',
  'ai21.',
  'cohere.',
  'deepseek.',
  'meta.',
  'mistral.',
  'openai.',
  'qwen.',
]
const AREAS = ['us.', 'eu.', 'apac.', 'jp.', 'au.', 'global.']

/**
 * Amazon Bedrock. Claude is asked by its maker's API in an envelope, every other model by Converse, and so is whatever hides behind an
 * inference profile of one's own. Its list of models is kept elsewhere, so that traffic tells its health.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const bedrock = {
  id: 'bedrock',
  title: 'Amazon Bedrock',
  origin: 'https://bedrock-runtime.{region}.amazonaws.com',
  roots: { bedrock: '', anthropic: '' },
  dialects: ['bedrock-converse'],
  dialectsByModel: [
    { model: /(^|[./])anthropic\.claude/, dialects: ['anthropic-messages', 'bedrock-converse'] },
  ],
  conversationPaths: {
    'anthropic-messages': {
      whole: '/model/{model}/invoke',
      stream: '/model/{model}/invoke-with-response-stream',
    },
    'bedrock-converse': { whole: '/model/{model}/converse', stream: '/model/{model}/converse-stream' },
  },
  envelopes: {
    'anthropic-messages': {
      removes: ['model', 'stream'],
      adds: { anthropic_version: 'bedrock-2023-05-31' },
      listsFromHeaders: { 'anthropic-beta': 'anthropic_beta' },
      // it takes `accept` for the type of the model's own answer
      omitsHeaders: ['anthropic-version', 'accept'],
      errors: 'bedrock-converse',
    },
  },
  streamFraming: 'aws-event-stream',
  cloud: 'aws',
  // Bedrock's own keys; other accounts sign
  auth: { anthropic: BEARER },
  credentialVariables: [],
  modelPrefixes: [...MAKERS, ...AREAS, 'arn:aws:bedrock:'],
  priceListId: 'aws',
  reportsStreamUsage: false,
} satisfies Provider
