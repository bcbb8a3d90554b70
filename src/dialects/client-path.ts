import type { DialectId } from '../core/dialect-id.ts'
import type { ChatRequest } from '../ir/request.ts'

type Spelling = Readonly<Record<DialectId, string>>

/** How each dialect spells what the IR has one name for. Where a format has no such field, the nearest thing that a client of it would know. */
const SPELLINGS = {
  model: spelled('model', 'model', 'model', 'model', 'model'),
  messages: spelled('messages', 'prompt', 'input', 'messages', 'contents'),
  maxOutputTokens: spelled(
    'max_completion_tokens',
    'max_tokens',
    'max_output_tokens',
    'max_tokens',
    'generationConfig.maxOutputTokens',
  ),
  stopSequences: spelled('stop', 'stop', 'stop', 'stop_sequences', 'generationConfig.stopSequences'),
  temperature: spelled(
    'temperature',
    'temperature',
    'temperature',
    'temperature',
    'generationConfig.temperature',
  ),
  topP: spelled('top_p', 'top_p', 'top_p', 'top_p', 'generationConfig.topP'),
  topK: spelled('top_k', 'top_k', 'top_k', 'top_k', 'generationConfig.topK'),
  seed: spelled('seed', 'seed', 'seed', 'seed', 'generationConfig.seed'),
  presencePenalty: spelled(
    'presence_penalty',
    'presence_penalty',
    'presence_penalty',
    'presence_penalty',
    'generationConfig.presencePenalty',
  ),
  frequencyPenalty: spelled(
    'frequency_penalty',
    'frequency_penalty',
    'frequency_penalty',
    'frequency_penalty',
    'generationConfig.frequencyPenalty',
  ),
  logitBias: spelled('logit_bias', 'logit_bias', 'logit_bias', 'logit_bias', 'logit_bias'),
  logprobs: spelled('logprobs', 'logprobs', 'top_logprobs', 'logprobs', 'generationConfig.responseLogprobs'),
  choices: spelled('n', 'n', 'n', 'n', 'generationConfig.candidateCount'),
  reasoning: spelled(
    'reasoning_effort',
    'reasoning_effort',
    'reasoning',
    'thinking',
    'generationConfig.thinkingConfig',
  ),
  format: spelled(
    'response_format',
    'response_format',
    'text.format',
    'output_config.format',
    'generationConfig.responseMimeType',
  ),
  tools: spelled('tools', 'tools', 'tools', 'tools', 'tools'),
  toolChoice: spelled(
    'tool_choice',
    'tool_choice',
    'tool_choice',
    'tool_choice',
    'toolConfig.functionCallingConfig',
  ),
  allowsParallelCalls: spelled(
    'parallel_tool_calls',
    'parallel_tool_calls',
    'parallel_tool_calls',
    'tool_choice.disable_parallel_tool_use',
    'toolConfig',
  ),
  verbosity: spelled('verbosity', 'verbosity', 'text.verbosity', 'verbosity', 'verbosity'),
  serviceTier: spelled('service_tier', 'service_tier', 'service_tier', 'service_tier', 'serviceTier'),
  metadata: spelled('metadata', 'metadata', 'metadata', 'metadata', 'labels'),
  endUserId: spelled('safety_identifier', 'user', 'safety_identifier', 'metadata.user_id', 'labels'),
  caching: spelled(
    'prompt_cache_options',
    'prompt_cache_key',
    'prompt_cache_options',
    'cache_control',
    'cachedContent',
  ),
  isStored: spelled('store', 'store', 'store', 'store', 'store'),
} as const satisfies Record<string, Spelling>

export type IrField = keyof typeof SPELLINGS

/** The path of an IR field as the client that sent it spells it, for reports and refusals. */
export function clientPath(source: DialectId, field: IrField): string {
  return SPELLINGS[field][source]
}

/** Where the client asked for a service tier: Messages says speed in a field of its own. */
export function tierPath({ source, serviceTier }: ChatRequest): string {
  const isSpeed = source === 'anthropic-messages' && serviceTier === 'fast'
  return isSpeed ? 'speed' : clientPath(source, 'serviceTier')
}

function spelled(
  chat: string,
  completions: string,
  responses: string,
  messages: string,
  gemini: string,
): Spelling {
  return {
    'openai-chat': chat,
    'openai-completions': completions,
    'openai-responses': responses,
    'anthropic-messages': messages,
    gemini,
  }
}
