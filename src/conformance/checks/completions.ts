import type { Check } from '../check.ts'
import {
  CONTENT_TYPE,
  FINISH,
  IDS,
  LARGE_BODY,
  MAX_TOKENS,
  REQUEST_ID,
  SHAPE,
  TEXT,
  UNKNOWN_FIELD,
  USAGE,
} from './answers.ts'
import { STOP } from './inputs.ts'
import { MALFORMED, NO_INPUT, NO_MODEL, UNKNOWN_MODEL, WRONG_KEY, WRONG_METHOD } from './refusals.ts'
import {
  STREAM_FINISH,
  STREAM_GRAMMAR,
  STREAM_NO_USAGE,
  STREAM_TEXT,
  STREAM_TYPE,
  STREAM_USAGE_ASKED,
} from './streams.ts'

/** Of OpenAI’s legacy Completions, which know text alone. */
export const COMPLETIONS_CHECKS: readonly Check[] = [
  SHAPE,
  TEXT,
  IDS,
  FINISH,
  USAGE,
  CONTENT_TYPE,
  REQUEST_ID,
  MAX_TOKENS,
  STREAM_TYPE,
  STREAM_GRAMMAR,
  STREAM_TEXT,
  STREAM_FINISH,
  STREAM_USAGE_ASKED,
  STREAM_NO_USAGE,
  STOP,
  MALFORMED,
  NO_MODEL,
  NO_INPUT,
  UNKNOWN_MODEL,
  WRONG_KEY,
  WRONG_METHOD,
  UNKNOWN_FIELD,
  LARGE_BODY,
]
