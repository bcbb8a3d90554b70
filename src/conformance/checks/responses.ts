import type { Check } from '../check.ts'
import { LARGE_BODY, UNKNOWN_FIELD, WHOLE_ANSWERS } from './answers.ts'
import { COUNT_RESPONSES } from './endpoints.ts'
import { IMAGE, SCHEMA, SYSTEM } from './inputs.ts'
import { REFUSALS } from './refusals.ts'
import { STREAM_USAGE, STREAMED_ANSWERS, TOOL_STREAM_GRAMMAR, TOOL_STREAM_SHAPE } from './streams.ts'
import { TOOL_CALLS } from './tools.ts'

/** Of OpenAI’s Responses, which have no stop sequences. */
export const RESPONSES_CHECKS: readonly Check[] = [
  ...WHOLE_ANSWERS,
  ...STREAMED_ANSWERS,
  STREAM_USAGE,
  TOOL_STREAM_GRAMMAR,
  TOOL_STREAM_SHAPE,
  SYSTEM,
  IMAGE,
  SCHEMA,
  ...TOOL_CALLS,
  ...REFUSALS,
  UNKNOWN_FIELD,
  LARGE_BODY,
  COUNT_RESPONSES,
]
