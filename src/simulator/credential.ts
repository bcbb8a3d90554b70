import type { IncomingHttpHeaders } from 'node:http'
import type { ErrorFamily, Problem } from './problem.ts'

/** The credential that a client sent in a form its API family reads; undefined where it sent none. */
export function readCredential(
  family: ErrorFamily,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  switch (family) {
    case 'openai':
      return bearer ?? single(headers['api-key'])
    case 'anthropic':
      return single(headers['x-api-key']) ?? bearer
    case 'gemini':
      return single(headers['x-goog-api-key']) ?? (query.get('key') || undefined) ?? bearer
  }
}

/** Any credential will do, except `invalid` and those that start with `sk-invalid`. */
export function checkCredential(family: ErrorFamily, credential: string | undefined): Problem | undefined {
  if (credential === undefined) return { kind: 'authentication', message: MISSING[family] }
  const isInvalid = credential === 'invalid' || credential.startsWith('sk-invalid')
  return isInvalid ? rejected(family, credential) : undefined
}

/** The refusal of a credential. It quotes the credential, as OpenAI's does, so that a gateway has something to hide. */
export function rejected(family: ErrorFamily, credential: string): Problem {
  return { kind: 'authentication', message: `${REJECTED[family]}: ${credential}` }
}

const MISSING = {
  openai:
    "You didn't provide an API key: send it in an Authorization header (Authorization: Bearer YOUR_KEY).",
  anthropic: 'x-api-key header is required',
  gemini: 'Request is missing required authentication credential.',
} as const

const REJECTED = {
  openai: 'Incorrect API key provided',
  anthropic: 'invalid x-api-key',
  gemini: 'API key not valid. Please pass a valid API key. Received',
} as const

function single(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header) || undefined
}
