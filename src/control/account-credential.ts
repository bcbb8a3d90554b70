import { isJsonObject, type JsonObject } from '../core/json.ts'

// An account's credential in two parts: what is no secret stands readable in the store, the rest is sealed.

/** Fields that are secret, by the group of fields that they belong to. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  aws: ['secret_access_key', 'session_token'],
  google: ['credentials_json'],
  azure: ['client_secret'],
  oauth: [],
}

/** What an operator gives in, in the spelling of the config file. */
export interface CredentialInput {
  readonly api_key?: string | undefined
  readonly aws?: object | undefined
  readonly google?: object | undefined
  readonly azure?: object | undefined
  readonly oauth?: object | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface SplitCredential {
  readonly settings: JsonObject
  readonly secrets: JsonObject
}

/** The parts of a credential; fields that are not there stay away. */
export function splitCredential(input: CredentialInput): SplitCredential {
  const settings: Record<string, unknown> = {}
  const secrets: Record<string, unknown> = {}
  if (input.api_key !== undefined && input.api_key !== '') secrets.api_key = input.api_key
  if (input.headers !== undefined && Object.keys(input.headers).length > 0) secrets.headers = input.headers
  for (const [group, names] of Object.entries(SECRETS)) {
    const fields = input[group as keyof CredentialInput]
    if (!isJsonObject(fields)) continue
    const [hidden, shown] = partition(fields, names)
    settings[group] = shown
    if (Object.keys(hidden).length > 0) secrets[group] = hidden
  }
  return { settings, secrets }
}

/** The whole credential again, in the spelling of the config file. */
export function joinCredential({ settings, secrets }: SplitCredential): JsonObject {
  const joined: Record<string, unknown> = { ...settings }
  for (const [name, value] of Object.entries(secrets)) {
    const shown = settings[name]
    joined[name] = isJsonObject(shown) && isJsonObject(value) ? { ...shown, ...value } : value
  }
  return joined
}

/** The last four characters of a key that is long enough to lose them. */
export function hintOfCredential({ secrets }: SplitCredential): string | null {
  const { api_key: key } = secrets
  return typeof key === 'string' && key.length > 12 ? key.slice(-4) : null
}

function partition(fields: JsonObject, names: readonly string[]): [JsonObject, JsonObject] {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  const isSecret = ([name]: [string, unknown]) => names.includes(name)
  return [
    Object.fromEntries(entries.filter(isSecret)),
    Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
  ]
}
