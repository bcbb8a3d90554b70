import type { Check } from '../check.ts'
import { LARGE_BODY, UNKNOWN_FIELD, WHOLE_ANSWERS } from './answers.ts'
import { COUNT_MESSAGES, MODEL, MODELS } from './endpoints.ts'
import { IMAGE, SCHEMA, STOP, SYSTEM } from './inputs.ts'
import { REFUSALS } from './refusals.ts'
import { STREAM_USAGE, STREAMED_ANSWERS, TOOL_STREAM_GRAMMAR, TOOL_STREAM_SHAPE } from './streams.ts'
import { TOOL_CALLS } from './tools.ts'

/** Of Anthropic’s Messages. */
export const MESSAGES_CHECKS: readonly Check[] = [
  ...WHOLE_ANSWERS,
  ...STREAMED_ANSWERS,
  STREAM_USAGE,
  TOOL_STREAM_GRAMMAR,
  TOOL_STREAM_SHAPE,
  STOP,
  SYSTEM,
  IMAGE,
  SCHEMA,
  ...TOOL_CALLS,
  ...REFUSALS,
  UNKNOWN_FIELD,
  LARGE_BODY,
  MODELS,
  MODEL,
  COUNT_MESSAGES,
]
