import type { JsonObject } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import type { Counts } from '../format.ts'
import { isCount, isOptionalCount, objectAt } from '../json-read.ts'

/** Chat and the legacy format count alike. */
export function problemsOfUsage(usage: JsonObject): (string | undefined)[] {
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage
  const details = objectAt(usage, 'completion_tokens_details')
  const cached = objectAt(usage, 'prompt_tokens_details').cached_tokens
  return [
    unless(isCount(input) && input > 0, `prompt_tokens is a count above zero, not ${shown(input)}`),
    unless(isCount(output), `completion_tokens is a count, not ${shown(output)}`),
    unless(
      total === Number(input) + Number(output),
      `total_tokens is prompt_tokens and completion_tokens, not ${shown(total)}`,
    ),
    unless(
      isOptionalCount(details.reasoning_tokens) && Number(details.reasoning_tokens ?? 0) <= Number(output),
      `reasoning_tokens is part of completion_tokens, not ${shown(details.reasoning_tokens)}`,
    ),
    unless(
      isOptionalCount(cached) && Number(cached ?? 0) <= Number(input),
      `cached_tokens is part of prompt_tokens, not ${shown(cached)}`,
    ),
  ]
}

export function countsOf(usage: JsonObject): Counts {
  return { input: Number(usage.prompt_tokens), output: Number(usage.completion_tokens) }
}
