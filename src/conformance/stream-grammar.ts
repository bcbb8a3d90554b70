import type { DialectId } from '../core/dialect-id.ts'
import { checkAnthropicMessages } from './stream-grammars/anthropic-messages.ts'
import { type Expectation, Findings, type ReadEvent } from './stream-grammars/findings.ts'
import { checkGemini } from './stream-grammars/gemini.ts'
import { checkOpenAiChat } from './stream-grammars/openai-chat.ts'
import { checkOpenAiCompletions } from './stream-grammars/openai-completions.ts'
import { checkOpenAiResponses } from './stream-grammars/openai-responses.ts'

type Check = (events: readonly ReadEvent[], expected: Expectation, findings: Findings) => void

const CHECKS: Readonly<Record<DialectId, Check>> = {
  'openai-chat': checkOpenAiChat,
  'openai-completions': checkOpenAiCompletions,
  'openai-responses': checkOpenAiResponses,
  'anthropic-messages': checkAnthropicMessages,
  gemini: checkGemini,
}

/**
 * What is wrong with the order of a stream's events, which the official SDKs' helpers swallow or do not notice; nothing if it is right. Each
 * problem is `#event: what`. The shape of each event is the schemas' business (`sdk-schemas/validate.ts`).
 */
export function checkStreamGrammar(
  format: DialectId,
  events: readonly ReadEvent[],
  expected: Expectation = {},
): string[] {
  const findings = new Findings()
  CHECKS[format](events, expected, findings)
  return findings.problems
}
