import { AGENTS } from './agents.ts'
import { ANSWERS } from './answers.ts'
import { CACHING } from './caching.ts'
import type { ConversionCase } from './case.ts'
import { COMPLETION_CASES } from './completions.ts'
import { ERRORS } from './errors.ts'
import { FIELDS } from './fields.ts'
import { HEADERS } from './headers.ts'
import { HOSTED_TOOLS } from './hosted-tools.ts'
import { MESSAGE_CASES } from './messages.ts'
import { PARTS } from './parts.ts'
import { PASS_THROUGH } from './pass-through.ts'
import { REASONING } from './reasoning.ts'
import { STATE } from './state.ts'
import { STOP_REASONS } from './stop-reasons.ts'
import { STREAMING } from './streaming.ts'
import { STRUCTURED_OUTPUT } from './structured-output.ts'
import { TOKEN_COUNTS } from './token-counts.ts'
import { TOOL_CALLS } from './tool-calls.ts'
import { TOOL_CASES } from './tools.ts'
import { USAGE } from './usage.ts'

/** Every case of conversion that the gateway answers for, section by section. */
export const CASES: readonly ConversionCase[] = [
  ...HEADERS,
  ...FIELDS,
  ...MESSAGE_CASES,
  ...PARTS,
  ...TOOL_CASES,
  ...TOOL_CALLS,
  ...REASONING,
  ...STRUCTURED_OUTPUT,
  ...CACHING,
  ...HOSTED_TOOLS,
  ...ANSWERS,
  ...STOP_REASONS,
  ...USAGE,
  ...STREAMING,
  ...ERRORS,
  ...COMPLETION_CASES,
  ...STATE,
  ...TOKEN_COUNTS,
  ...PASS_THROUGH,
  ...AGENTS,
]
