import type { Check } from '../check.ts'
import { LARGE_BODY, UNKNOWN_FIELD, WHOLE_ANSWERS } from './answers.ts'
import { MODEL, MODELS } from './endpoints.ts'
import { IMAGE, SCHEMA, STOP, SYSTEM } from './inputs.ts'
import { REFUSALS } from './refusals.ts'
import {
  STREAM_NO_USAGE,
  STREAM_USAGE_ASKED,
  STREAMED_ANSWERS,
  TOOL_STREAM_GRAMMAR,
  TOOL_STREAM_SHAPE,
} from './streams.ts'
import { TOOL_CALLS } from './tools.ts'

/** Of OpenAI’s Chat Completions. */
export const CHAT_CHECKS: readonly Check[] = [
  ...WHOLE_ANSWERS,
  ...STREAMED_ANSWERS,
  STREAM_USAGE_ASKED,
  STREAM_NO_USAGE,
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
]
