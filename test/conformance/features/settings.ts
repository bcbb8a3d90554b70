import type { JsonObject } from '../../../src/core/json.ts'
import { at, everywhere, holds, type RequestFeature } from './feature.ts'

const config = (generationConfig: JsonObject): JsonObject => ({ generationConfig })

const SCHEMA = {
  type: 'object',
  properties: { zone: { type: 'string' }, area: { type: 'string' } },
  required: ['zone', 'area'],
  additionalProperties: false,
}

const LONG_NAMED = 'x'.repeat(40)

/** Settings of a request that are one value each. */
export const SETTINGS: readonly RequestFeature[] = [
  {
    id: 'max-tokens',
    title: 'Limit of the output',
    cases: ['TOP-02', 'TOP-04', 'LEG-07'],
    asks: {
      'openai-chat': { max_completion_tokens: 777 },
      'openai-completions': { max_tokens: 777 },
      'openai-responses': { max_output_tokens: 777 },
      'anthropic-messages': { max_tokens: 777 },
      gemini: config({ maxOutputTokens: 777 }),
    },
    arrives: everywhere(holds(':777')),
  },
  {
    id: 'temperature',
    title: 'Temperature',
    cases: ['TOP-05'],
    model: 'sampling',
    asks: {
      'openai-chat': { temperature: 0.25 },
      'openai-completions': { temperature: 0.25 },
      'openai-responses': { temperature: 0.25 },
      'anthropic-messages': { temperature: 0.25 },
      gemini: config({ temperature: 0.25 }),
    },
    arrives: everywhere(holds('"temperature":0.25')),
  },
  {
    id: 'high-temperature',
    title: 'Temperature above 1',
    cases: ['TOP-05'],
    model: 'sampling',
    asks: {
      'openai-chat': { temperature: 1.5 },
      'openai-completions': { temperature: 1.5 },
      'openai-responses': { temperature: 1.5 },
      gemini: config({ temperature: 1.5 }),
    },
    arrives: everywhere(holds('"temperature":1.5')),
  },
  {
    id: 'sampling-on-reasoning-models',
    title: 'Temperature, on models that reason',
    cases: ['TOP-05', 'RSN-15', 'HDR-06', 'HDR-07'],
    asks: {
      'openai-chat': { temperature: 0.25 },
      'openai-completions': { temperature: 0.25 },
      'openai-responses': { temperature: 0.25 },
      'anthropic-messages': { temperature: 0.25 },
      gemini: config({ temperature: 0.25 }),
    },
    arrives: everywhere(holds('"temperature":0.25')),
  },
  {
    id: 'top-p',
    title: 'top_p',
    cases: ['TOP-06'],
    model: 'sampling',
    asks: {
      'openai-chat': { top_p: 0.75 },
      'openai-completions': { top_p: 0.75 },
      'openai-responses': { top_p: 0.75 },
      'anthropic-messages': { top_p: 0.75 },
      gemini: config({ topP: 0.75 }),
    },
    arrives: everywhere(holds(':0.75')),
  },
  {
    id: 'top-k',
    title: 'top_k',
    cases: ['TOP-07'],
    model: 'sampling',
    asks: { 'anthropic-messages': { top_k: 17 }, gemini: config({ topK: 17 }) },
    arrives: {
      'anthropic-messages': at('top_k', 17),
      gemini: at('generationConfig.topK', 17),
    },
  },
  {
    id: 'stop-sequences',
    title: 'Stop sequences',
    cases: ['TOP-08'],
    model: 'sampling',
    asks: {
      'openai-chat': { stop: ['END'] },
      'openai-completions': { stop: 'END' },
      'anthropic-messages': { stop_sequences: ['END'] },
      gemini: config({ stopSequences: ['END'] }),
    },
    arrives: {
      'openai-chat': at('stop', ['END']),
      'anthropic-messages': at('stop_sequences', ['END']),
      gemini: at('generationConfig.stopSequences', ['END']),
    },
  },
  {
    id: 'seed',
    title: 'Seed (zero)',
    cases: ['TOP-10'],
    model: 'sampling',
    asks: {
      'openai-chat': { seed: 0 },
      'openai-completions': { seed: 0 },
      gemini: config({ seed: 0 }),
    },
    arrives: { 'openai-chat': at('seed', 0), gemini: at('generationConfig.seed', 0) },
  },
  {
    id: 'penalties',
    title: 'Penalties',
    cases: ['TOP-11'],
    model: 'sampling',
    asks: {
      'openai-chat': { presence_penalty: 0.5, frequency_penalty: 0.5 },
      'openai-completions': { presence_penalty: 0.5, frequency_penalty: 0.5 },
      gemini: config({ presencePenalty: 0.5, frequencyPenalty: 0.5 }),
    },
    arrives: {
      'openai-chat': (body) => at('presence_penalty', 0.5)(body) && at('frequency_penalty', 0.5)(body),
      gemini: (body) =>
        at('generationConfig.presencePenalty', 0.5)(body) &&
        at('generationConfig.frequencyPenalty', 0.5)(body),
    },
  },
  {
    id: 'logit-bias',
    title: 'Bias on token ids',
    cases: ['TOP-12'],
    model: 'sampling',
    asks: {
      'openai-chat': { logit_bias: { 50256: -100 } },
      'openai-completions': { logit_bias: { 50256: -100 } },
    },
    arrives: { 'openai-chat': holds('"50256":-100') },
  },
  {
    id: 'logprobs-asked',
    title: 'Log probabilities',
    cases: ['TOP-13', 'STR-25'],
    model: 'sampling',
    asks: {
      'openai-chat': { logprobs: true, top_logprobs: 3 },
      'openai-responses': { top_logprobs: 3, include: ['message.output_text.logprobs'] },
      gemini: config({ responseLogprobs: true, logprobs: 3 }),
    },
    arrives: {
      'openai-chat': at('top_logprobs', 3),
      'openai-responses': at('top_logprobs', 3),
      gemini: at('generationConfig.logprobs', 3),
    },
  },
  {
    id: 'several-answers',
    title: 'More than one answer',
    cases: ['TOP-09', 'RSP-12', 'STR-21'],
    model: 'sampling',
    asks: {
      'openai-chat': { n: 2 },
      'openai-completions': { n: 2 },
      gemini: config({ candidateCount: 2 }),
    },
    arrives: { 'openai-chat': at('n', 2), gemini: at('generationConfig.candidateCount', 2) },
  },
  {
    id: 'json-schema',
    title: 'Output by a JSON Schema',
    cases: ['SCH-01', 'SCH-04', 'TOP-20'],
    asks: {
      'openai-chat': {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'place', schema: SCHEMA, strict: true },
        },
      },
      'openai-responses': {
        text: { format: { type: 'json_schema', name: 'place', schema: SCHEMA, strict: true } },
      },
      'anthropic-messages': { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
      gemini: config({ responseMimeType: 'application/json', responseJsonSchema: SCHEMA }),
    },
    arrives: {
      'openai-chat': at('response_format.json_schema.schema', SCHEMA),
      'openai-responses': at('text.format.schema', SCHEMA),
      'anthropic-messages': at('output_config.format.schema', SCHEMA),
      gemini: at('generationConfig.responseJsonSchema', SCHEMA),
    },
  },
  {
    id: 'json-object',
    title: 'Output as any JSON object',
    cases: ['SCH-05'],
    asks: {
      'openai-chat': { response_format: { type: 'json_object' } },
      'openai-responses': { text: { format: { type: 'json_object' } } },
      gemini: config({ responseMimeType: 'application/json' }),
    },
    arrives: {
      'openai-chat': at('response_format.type', 'json_object'),
      'openai-responses': at('text.format.type', 'json_object'),
      'anthropic-messages': ({ system }) => /JSON/.test(JSON.stringify(system ?? '')),
      gemini: at('generationConfig.responseMimeType', 'application/json'),
    },
  },
  {
    id: 'verbosity',
    title: 'Verbosity',
    cases: ['TOP-22'],
    asks: { 'openai-chat': { verbosity: 'low' }, 'openai-responses': { text: { verbosity: 'low' } } },
    arrives: { 'openai-chat': at('verbosity', 'low'), 'openai-responses': at('text.verbosity', 'low') },
  },
  {
    id: 'prediction',
    title: 'Predicted output',
    cases: ['TOP-24'],
    asks: { 'openai-chat': { prediction: { type: 'content', content: 'x' } } },
    arrives: { 'openai-chat': holds('prediction') },
  },
  {
    id: 'cache-breakpoints',
    title: 'Cache breakpoints on a text',
    cases: ['CCH-01', 'CCH-02', 'CCH-03', 'CCH-05', 'PRT-14'],
    asks: {
      'openai-chat': {
        messages: [
          {
            role: 'user',
            content: [{ type: 'text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
          },
        ],
      },
      'openai-responses': {
        input: [
          {
            role: 'user',
            content: [{ type: 'input_text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
          },
        ],
      },
      'anthropic-messages': {
        messages: [
          {
            role: 'user',
            content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }],
          },
        ],
      },
    },
    arrives: {
      'openai-chat': holds('prompt_cache_breakpoint'),
      'openai-responses': holds('prompt_cache_breakpoint'),
      'anthropic-messages': holds('cache_control'),
    },
  },
  {
    id: 'cache-key',
    title: 'Key of a prompt cache',
    cases: ['TOP-27'],
    asks: {
      'openai-chat': { prompt_cache_key: LONG_NAMED },
      'openai-responses': { prompt_cache_key: LONG_NAMED },
    },
    arrives: { 'openai-chat': holds(LONG_NAMED), 'openai-responses': holds(LONG_NAMED) },
  },
  {
    id: 'cached-content',
    title: 'A cached content by its name',
    cases: ['CCH-06'],
    asks: { gemini: { cachedContent: 'cachedContents/abc' } },
    arrives: { gemini: holds('cachedContents/abc') },
  },
  {
    id: 'metadata',
    title: 'Metadata',
    cases: ['TOP-14'],
    asks: {
      'openai-chat': { metadata: { team: 'blue' } },
      'openai-responses': { metadata: { team: 'blue' } },
      gemini: { labels: { team: 'blue' } },
    },
    arrives: {
      'openai-chat': at('metadata.team', 'blue'),
      'openai-responses': at('metadata.team', 'blue'),
      gemini: at('labels.team', 'blue'),
    },
  },
  {
    id: 'end-user',
    title: 'Id of the end user',
    cases: ['TOP-15'],
    asks: {
      'openai-chat': { safety_identifier: 'user-17' },
      'openai-completions': { user: 'user-17' },
      'openai-responses': { safety_identifier: 'user-17' },
      'anthropic-messages': { metadata: { user_id: 'user-17' } },
    },
    arrives: {
      'openai-chat': holds('user-17'),
      'openai-responses': holds('user-17'),
      'anthropic-messages': at('metadata.user_id', 'user-17'),
    },
  },
  {
    id: 'service-tier',
    title: 'Service tier (priority)',
    cases: ['TOP-16'],
    asks: {
      'openai-chat': { service_tier: 'priority' },
      'openai-responses': { service_tier: 'priority' },
      gemini: { serviceTier: 'priority' },
    },
    arrives: {
      'openai-chat': at('service_tier', 'priority'),
      'openai-responses': at('service_tier', 'priority'),
      'anthropic-messages': at('service_tier', 'auto'),
      gemini: ({ serviceTier }) => /priority/i.test(String(serviceTier)),
    },
  },
  {
    id: 'store',
    title: 'Storing the answer',
    cases: ['TOP-17', 'STA-02'],
    asks: { 'openai-chat': { store: true }, 'openai-responses': { store: true } },
    arrives: { 'openai-chat': at('store', true), 'openai-responses': at('store', true) },
  },
  {
    id: 'previous-response',
    title: 'Continuing a stored response',
    cases: ['STA-01', 'TOP-29', 'MSG-25'],
    asks: { 'openai-responses': { previous_response_id: 'resp_1' } },
    arrives: { 'openai-responses': holds('resp_1') },
  },
  {
    id: 'background',
    title: 'Answering in the background',
    cases: ['STA-03'],
    asks: { 'openai-responses': { background: true } },
    arrives: { 'openai-responses': at('background', true) },
  },
  {
    id: 'safety-settings',
    title: 'Safety and compliance settings of a vendor',
    cases: ['TOP-26', 'TOP-31'],
    asks: {
      'openai-chat': { moderation: { model: 'omni', policy: { output: { mode: 'block' } } } },
      'anthropic-messages': { inference_geo: 'eu' },
      gemini: {
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_LOW_AND_ABOVE' }],
      },
    },
    arrives: { 'openai-chat': holds('"mode":"block"'), 'openai-responses': holds('"mode":"block"') },
  },
  {
    id: 'unknown-field',
    title: 'A field that nobody knows',
    cases: ['TOP-32'],
    asks: {
      'openai-chat': { x_future: 1 },
      'openai-completions': { x_future: 1 },
      'openai-responses': { x_future: 1 },
      'anthropic-messages': { x_future: 1 },
      gemini: { xFuture: 1 },
    },
    arrives: {},
  },
]
