import type { JsonObject } from './json.ts'

export type ErrorFamily = 'openai' | 'anthropic' | 'gemini'

export type ProblemKind =
  | 'invalid'
  | 'authentication'
  | 'not-found'
  | 'method'
  | 'too-large'
  | 'rate-limit'
  | 'server'
  | 'unavailable'
  | 'overloaded'

/** Why a request is refused or fails; each family of APIs has its own shape for it. */
export interface Problem {
  readonly kind: ProblemKind
  readonly message: string
  /** OpenAI only: the field at fault, and the machine-readable reason. */
  readonly param?: string
  readonly code?: string
  readonly retryAfterSeconds?: number
}

const STATUS = {
  invalid: 400,
  authentication: 401,
  'not-found': 404,
  method: 405,
  'too-large': 413,
  'rate-limit': 429,
  server: 500,
  unavailable: 503,
  overloaded: 529,
} as const satisfies Record<ProblemKind, number>

/** @see https://platform.openai.com/docs/guides/error-codes */
const OPENAI = {
  invalid: ['invalid_request_error', null],
  authentication: ['invalid_request_error', 'invalid_api_key'],
  'not-found': ['invalid_request_error', 'model_not_found'],
  method: ['invalid_request_error', 'method_not_supported'],
  'too-large': ['invalid_request_error', null],
  'rate-limit': ['requests', 'rate_limit_exceeded'],
  server: ['server_error', null],
  unavailable: ['server_error', null],
  overloaded: ['server_error', null],
} as const satisfies Record<ProblemKind, readonly [type: string, code: string | null]>

/** @see https://docs.anthropic.com/en/api/errors */
const ANTHROPIC = {
  invalid: 'invalid_request_error',
  authentication: 'authentication_error',
  'not-found': 'not_found_error',
  method: 'invalid_request_error',
  'too-large': 'request_too_large',
  'rate-limit': 'rate_limit_error',
  server: 'api_error',
  unavailable: 'api_error',
  overloaded: 'overloaded_error',
} as const satisfies Record<ProblemKind, string>

/** @see https://ai.google.dev/gemini-api/docs/troubleshooting */
const GEMINI = {
  invalid: 'INVALID_ARGUMENT',
  authentication: 'UNAUTHENTICATED',
  'not-found': 'NOT_FOUND',
  method: 'UNIMPLEMENTED',
  'too-large': 'INVALID_ARGUMENT',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  server: 'INTERNAL',
  unavailable: 'UNAVAILABLE',
  overloaded: 'UNAVAILABLE',
} as const satisfies Record<ProblemKind, string>

export function statusOf(problem: Problem): number {
  return STATUS[problem.kind]
}

/** A refusal with status 400. `param` and `code` reach OpenAI's clients only. */
export function invalid(message: string, param?: string, code?: string): Problem {
  return {
    kind: 'invalid',
    message,
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  }
}

/** The error body of a family of APIs. */
export function errorBody(family: ErrorFamily, problem: Problem, requestId: string): JsonObject {
  const { kind, message } = problem
  switch (family) {
    case 'openai': {
      const [type, code] = OPENAI[kind]
      return { error: { message, type, param: problem.param ?? null, code: problem.code ?? code } }
    }
    case 'anthropic':
      return { type: 'error', error: { type: ANTHROPIC[kind], message }, request_id: requestId }
    case 'gemini':
      return { error: { code: STATUS[kind], message, status: GEMINI[kind], ...geminiDetails(problem) } }
  }
}

function geminiDetails({ retryAfterSeconds }: Problem): JsonObject {
  if (retryAfterSeconds === undefined) return {}
  const type = 'type.googleapis.com/google.rpc.RetryInfo'
  return { details: [{ '@type': type, retryDelay: `${retryAfterSeconds}s` }] }
}
