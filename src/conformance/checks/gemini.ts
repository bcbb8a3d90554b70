import type { Check } from '../check.ts'
import {
  CONTENT_TYPE,
  FINISH,
  IDS,
  LARGE_BODY,
  MAX_TOKENS,
  SHAPE,
  TEXT,
  UNKNOWN_FIELD,
  USAGE,
} from './answers.ts'
import { COUNT_GEMINI, MODEL, MODELS } from './endpoints.ts'
import { IMAGE, SCHEMA, STOP, SYSTEM } from './inputs.ts'
import { MALFORMED, NO_INPUT, UNKNOWN_MODEL, WRONG_KEY, WRONG_METHOD } from './refusals.ts'
import { STREAM_USAGE, STREAMED_ANSWERS, TOOL_STREAM_GRAMMAR, TOOL_STREAM_SHAPE } from './streams.ts'
import { TOOL_CALLS } from './tools.ts'

/** Of Gemini, whose paths name the model. */
export const GEMINI_CHECKS: readonly Check[] = [
  SHAPE,
  TEXT,
  IDS,
  FINISH,
  USAGE,
  CONTENT_TYPE,
  MAX_TOKENS,
  ...STREAMED_ANSWERS,
  STREAM_USAGE,
  TOOL_STREAM_GRAMMAR,
  TOOL_STREAM_SHAPE,
  STOP,
  SYSTEM,
  IMAGE,
  SCHEMA,
  ...TOOL_CALLS,
  MALFORMED,
  NO_INPUT,
  UNKNOWN_MODEL,
  WRONG_KEY,
  WRONG_METHOD,
  UNKNOWN_FIELD,
  LARGE_BODY,
  MODELS,
  MODEL,
  COUNT_GEMINI,
]
