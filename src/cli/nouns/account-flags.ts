import { absolutePath } from '../../config/places.ts'
import { present } from '../../config/present.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CliContext } from '../context.ts'
import type { SecretOptions } from '../read-secret.ts'

/** What can be said of an account on the command line. */
export interface AccountFlags extends SecretOptions {
  readonly type?: string
  readonly provider?: string
  readonly name?: string
  readonly baseUrl?: string | null
  readonly dialect?: string | null
  readonly models?: readonly string[] | null
  readonly weight?: number
  readonly priority?: number
  readonly header?: Readonly<Record<string, string>>
  readonly region?: string | null
  readonly accessKeyId?: string
  readonly profile?: string
  readonly project?: string
  readonly location?: string
  readonly credentialsFile?: string
  readonly tenantId?: string
  readonly clientId?: string
  readonly oauthSetting?: Readonly<Record<string, string>> | null
  readonly disabled?: boolean
}

export interface CredentialParts {
  readonly type: string
  readonly flags: AccountFlags
  readonly secret: string | undefined
  /** What is stored of it that is no secret: the fields that are not given stay. */
  readonly known: JsonObject | null
}

/** What the account's type wants, made of the flags that belong to it. */
export function toCredential(context: CliContext, { type, flags, secret, known }: CredentialParts): object {
  const { region, accessKeyId, profile, project, location, tenantId, clientId } = flags
  switch (type) {
    case 'aws':
      return group('aws', known, {
        region: region ?? undefined,
        access_key_id: accessKeyId,
        profile,
        secret_access_key: secret,
      })
    case 'google': {
      const file = flags.credentialsFile && absolutePath(flags.credentialsFile, context)
      return group('google', known, { project, location, credentials_file: file, credentials_json: secret })
    }
    case 'azure':
      return group('azure', known, { tenant_id: tenantId, client_id: clientId, client_secret: secret })
    case 'oauth':
      return oauthSettings(flags)
    default:
      return present({ api_key: secret })
  }
}

/** A group of fields, whole: nothing where none of them is given for an account that has it already. */
function group(name: string, known: JsonObject | null, given: Record<string, string | undefined>): object {
  const before = known?.[name]
  const fields = present(given)
  if (Object.keys(fields).length === 0 && known !== null) return {}
  return { [name]: { ...(isJsonObject(before) ? before : {}), ...fields } }
}

const LISTS = ['scopes']
const FLAGS = ['sends_state']

/** `scopes` is a list of words, `authorization_parameters.audience` a member of a group. An empty value takes all of them away. */
function oauthSettings({ oauthSetting }: AccountFlags): object {
  if (oauthSetting === undefined) return {}
  const settings: Record<string, unknown> = {}
  for (const [written, value] of Object.entries(oauthSetting ?? {})) {
    const [name = '', member] = written.split('.')
    if (member !== undefined) settings[name] = { ...Object(settings[name]), [member]: value }
    else if (LISTS.includes(name)) settings[name] = value.split(/[\s,]+/).filter((word) => word !== '')
    else settings[name] = FLAGS.includes(name) ? value === 'true' : value
  }
  return { oauth: settings }
}
