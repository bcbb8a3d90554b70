import { expect, test } from 'vitest'
import { capabilitiesOf } from './index.ts'

const rows: Record<string, object> = {
  'claude-sonnet-5-5': {
    sampling: 'no',
    forcedTools: 'no',
    thinking: { least: 'between-tools' },
    maxOutputTokens: 128_000,
  },
  'claude-opus-5-5': { forcedTools: 'no', thinking: { least: 'lowest' } },
  'claude-haiku-5-5': { forcedTools: 'yes', thinking: { least: 'disabled' } },
  'claude-opus-5': { sampling: 'no', forcedTools: 'yes' },
  'claude-fable-5-2': { forcedTools: 'no' },
  'claude-mythos-5': { forcedTools: 'yes', thinking: { least: 'lowest' } },
  'claude-opus-4-8': { sampling: 'no', midSystem: true, prefill: false },
  'claude-opus-4-7': { sampling: 'no', midSystem: false },
  'claude-sonnet-4-6': { sampling: 'without-reasoning', prefill: false, thinking: { style: 'adaptive' } },
  'claude-sonnet-4-5-20250929': { thinking: { style: 'budget' }, prefill: true, maxOutputTokens: 64_000 },
  'us.anthropic.claude-opus-4-1-20250805-v1:0': { thinking: { style: 'budget' }, maxOutputTokens: 32_000 },
  'claude-opus-4-20250514': { thinking: { style: 'budget' }, maxOutputTokens: 32_000 },
  'claude-3-5-haiku-20241022': { thinking: { style: 'none' }, nativeSchema: false },
  'anthropic/claude-something-new': { sampling: 'no', forcedTools: 'no' },
  'gpt-6': { sampling: 'no', chatToolsWithReasoning: false },
  'gpt-6-luna': { sampling: 'without-reasoning', thinking: { least: 'disabled' } },
  'gpt-5.6-codex': { chatToolsWithReasoning: false, sampling: 'without-reasoning', cacheBreakpoints: true },
  'gpt-5.2': { chatToolsWithReasoning: true, cacheBreakpoints: false },
  'gpt-5-mini': { sampling: 'no', thinking: { efforts: ['minimal', 'low', 'medium', 'high'] } },
  'o4-mini': { sampling: 'no', stopSequences: false },
  'gpt-4o-mini': { sampling: 'yes', completionTokens: false, thinking: { style: 'none' } },
  'gemini-4-hydrogen': {
    requiresSignatures: true,
    thinking: { efforts: ['low', 'medium', 'high', 'xhigh'] },
  },
  'gemini-3-flash': { thinking: { efforts: ['minimal', 'low', 'medium', 'high'] } },
  'models/gemini-3.7-flash': { thinking: { efforts: ['low', 'medium', 'high'] } },
  'gemini-2.5-pro': {
    penalties: false,
    thinking: { style: 'budget', least: 'lowest' },
    schemaWithTools: false,
  },
  'gemini-2.5-flash': { thinking: { least: 'disabled' } },
  'llama-3.3-70b': { sampling: 'yes', stopSequences: true, thinking: { style: 'none' } },
  'meta-llama/Llama-3.3-70B-Instruct-Turbo': { thinking: { style: 'none' } },
  'openai/gpt-oss-120b': { completionTokens: false, thinking: { efforts: ['low', 'medium', 'high'] } },
  'mistral-small-latest': { thinking: { least: 'disabled', efforts: ['none', 'high'] } },
  'mistral-small-2506': { thinking: { style: 'none' } },
  'mistral-medium-3-5': { thinking: { efforts: ['none', 'high'] } },
  'magistral-medium-2509': { thinking: { style: 'none' } },
  'grok-4.7': { penalties: false, stopSequences: false, thinking: { efforts: ['low', 'medium', 'high'] } },
  'grok-4.3': { thinking: { efforts: ['none', 'low', 'medium', 'high'] } },
  'x-ai/grok-4.20-0309-reasoning': { thinking: { efforts: [] } },
  'grok-4.20-non-reasoning': { stopSequences: true, thinking: { efforts: [] } },
  'grok-4.20-multi-agent-0309': { thinking: { efforts: [] } },
  'grok-4-0709': { thinking: { efforts: [] } },
  'grok-4-1-fast-reasoning': { thinking: { efforts: [] } },
  'grok-code-fast-1': { thinking: { efforts: [] } },
  'grok-3': { penalties: false, stopSequences: true },
  'some-model-of-tomorrow': { thinking: { style: 'effort' } },
}

test.each(Object.entries(rows))('§20 %s', (model, expected) => {
  expect(capabilitiesOf(model)).toMatchObject(expected)
})
