import { GatewayError } from '../core/errors.ts'

/** What somebody brings back from the browser. */
export interface PastedAnswer {
  readonly code: string
  /** Undefined where only the code was pasted. */
  readonly state: string | undefined
  /** Who answers, where the answer says so (RFC 9207). */
  readonly issuer: string | undefined
}

/**
 * The code in what was pasted: `code`, `code#state`, the whole redirect URL, or its query. Throws `permission_denied` for the URL of a
 * sign-in that was refused, `invalid_request` for anything that holds no code. Neither repeats what was pasted.
 */
export function readPastedAnswer(pasted: string): PastedAnswer {
  const text = pasted.trim()
  const parameters = parametersOf(text)
  if (parameters !== undefined) return readParameters(parameters)
  const [code = '', state, ...rest] = text.split('#')
  if (code === '' || /\s/.test(text) || rest.length > 0) throw noCode()
  return { code, state: state || undefined, issuer: undefined }
}

function parametersOf(text: string): URLSearchParams | undefined {
  if (/^https?:/i.test(text)) {
    const url = URL.parse(text)
    if (url === null) throw noCode()
    // some servers answer in the fragment
    return url.search === '' ? new URLSearchParams(url.hash.slice(1)) : url.searchParams
  }
  return /(^|[?&])(code|error)=/.test(text) ? new URLSearchParams(text.replace(/^.*\?/, '')) : undefined
}

function readParameters(parameters: URLSearchParams): PastedAnswer {
  const error = parameters.get('error')
  if (error === 'access_denied') throw new GatewayError('permission_denied', 'The sign-in was refused.')
  if (error !== null) {
    // what a browser was told may come from anywhere: only a code's own characters are repeated
    const name = /^[a-z_]{1,50}$/.test(error) ? ` (${error})` : ''
    throw new GatewayError('invalid_request', `The authorization server reported an error${name}.`)
  }
  const code = parameters.get('code')
  if (!code) throw noCode()
  return {
    code,
    state: parameters.get('state') ?? undefined,
    issuer: parameters.get('iss') ?? undefined,
  }
}

function noCode(): GatewayError {
  return new GatewayError(
    'invalid_request',
    'There is no authorization code in this. Paste the code, or the whole address that the browser was sent to.',
  )
}
