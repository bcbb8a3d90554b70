import type { Check } from '../check.ts'
import { LARGE_BODY, UNKNOWN_FIELD, WHOLE_ANSWERS } from './answers.ts'
import { STOP } from './inputs.ts'
import { REFUSALS } from './refusals.ts'
import { STREAM_NO_USAGE, STREAM_USAGE_ASKED, STREAMED_ANSWERS } from './streams.ts'

/** Of OpenAI’s legacy Completions, which know text alone. */
export const COMPLETIONS_CHECKS: readonly Check[] = [
  ...WHOLE_ANSWERS,
  ...STREAMED_ANSWERS,
  STREAM_USAGE_ASKED,
  STREAM_NO_USAGE,
  STOP,
  ...REFUSALS,
  UNKNOWN_FIELD,
  LARGE_BODY,
]
