import { hasFinished, readChoicesEvent } from '../openai-choices.ts'
import type { StreamRules } from '../stream-reader.ts'
import { createFold } from './fold.ts'

/** Chunks with a `text` each; the end is Chat's. */
export const streamRules: StreamRules = {
  readEvent: readChoicesEvent,
  mayEnd: hasFinished,
  createFold,
}
