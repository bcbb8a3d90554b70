/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/** Header, field and query names whose value is a secret wherever they occur, a request body included. */
const SECRET_NAMES = [
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'api_key',
  'apikey',
  'cookie',
  'set-cookie',
  'client_secret',
  'access_token',
  'refresh_token',
  'password',
]
const SECRET_NAME = new RegExp(`^(?:${SECRET_NAMES.join('|')})$`, 'i')
const SECRET_JSON_FIELD = new RegExp(`"(?:${SECRET_NAMES.join('|')})":\\s*"`, 'i')

/** `key`, `token` and the like mean a secret in our own log fields and in URLs; in a model's answer they are ordinary words. */
const SECRET_WORD = /(?:^|[-_.])(?:key|secret|token|password|passphrase|credential|cookie|signature|sig)$/i
const CAMEL_SECRET_WORD = /[a-z](?:Key|Secret|Token|Password|Passphrase|Credential|Cookie)$/
const PUBLIC_NAME = /^(?:virtual[-_]?key|public[-_]?key)$/i

/** Is a value of this name a secret in any JSON, a model's request or answer included? */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Is a text value of this name a secret, when it is one of our own log fields or a query parameter? */
export function isSecretField(name: string): boolean {
  if (PUBLIC_NAME.test(name)) return false
  return SECRET_NAME.test(name) || SECRET_WORD.test(name) || CAMEL_SECRET_WORD.test(name)
}

/** Does this serialised JSON have a text field with one of the secret names? One pass, for lines that mostly have none. */
export function hasSecretField(json: string): boolean {
  return SECRET_JSON_FIELD.test(json)
}

/** Keys as the providers issue them: OpenAI and Anthropic, Google, Groq, xAI, Hugging Face, NVIDIA, Perplexity, AWS, JWTs; and ours. */
const KEY_LOOKALIKE = new RegExp(
  [
    /\b(?:sk|rk|pk|xai|nvapi|pplx|gsk|hf|r8|vk|csk|fw|tgp)[-_][\w-]{16,}/,
    /\bAIza[\w-]{30,}/,
    /\bya29\.[\w.-]{20,}/,
    /\bAKIA[0-9A-Z]{16}\b/,
    /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/,
    /(?<=\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}/,
    /(?<=[?&](?:key|api[-_]?key|access_token|token)=)[^&#\s"'<>]+/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'gi',
)

/** Free text, such as an upstream's error message, without anything that looks like a key. Known secrets are the Redactor's task. */
export function scrubKeyPatterns(text: string): string {
  return text.replace(KEY_LOOKALIKE, REDACTED)
}

/** A URL or path for the log: without user and password, the values of secret query parameters replaced. Never throws. */
export function redactUrl(url: string): string {
  const withoutUser = url.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, '$1//')
  const queryStart = withoutUser.indexOf('?')
  if (queryStart === -1) return withoutUser
  const hashStart = withoutUser.indexOf('#', queryStart)
  const queryEnd = hashStart === -1 ? withoutUser.length : hashStart
  const query = withoutUser
    .slice(queryStart + 1, queryEnd)
    .split('&')
    .map(redactParameter)
    .join('&')
  return `${withoutUser.slice(0, queryStart)}?${query}${withoutUser.slice(queryEnd)}`
}

function redactParameter(pair: string): string {
  const equals = pair.indexOf('=')
  if (equals === -1) return pair
  const name = pair.slice(0, equals)
  return isSecretField(decodeName(name)) || name === 'code' ? `${name}=${REDACTED}` : pair
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name // a broken escape cannot spell a secret name either
  }
}
