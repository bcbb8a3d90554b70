import * as z from 'zod'
import { UPSTREAM_DIALECT_IDS } from '../core/dialect-id.ts'
import { capabilities } from './capabilities.ts'
import { option } from './option.ts'
import { choice, choices, flag, integer, secret, text, textList, webUrl } from './values.ts'

// The things of which a configuration holds several: keys, accounts, routes, providers. Field meanings live here, once.

/** How an account proves who we are. */
export const ACCOUNT_TYPES = ['api-key', 'oauth', 'aws', 'google', 'azure'] as const

const providerId = text.toLowerCase()
const headerName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, { error: 'is no header name' })
const headerValue = secret.regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'is no header value' })
const baseUrl = () =>
  option(webUrl.optional(), {
    description: 'Where the upstream is reached, up to and including its version (`/v1`).',
    defaultText: "the provider's own address",
  })
const dialect = () =>
  option(choice(UPSTREAM_DIALECT_IDS).optional(), {
    description: 'The one API format that this upstream speaks, where that is narrower than its provider.',
    defaultText: 'every format of the provider',
  })
const models = (whose: string) =>
  option(textList.optional(), {
    description: `The only models that ${whose}. \`prefix*\` matches every model that starts so.`,
    defaultText: 'all models',
  })
const status = () =>
  option(choice(['active', 'disabled']).prefault('active'), {
    description: 'A disabled one is refused or left out.',
  })
const passthrough = () =>
  option(flag.prefault(false), {
    description: 'Never convert a request of this key: bodies go upstream as they are.',
  })

const strict = (whose: string) =>
  option(flag.prefault(false), {
    description: `Refuse a request of this ${whose} that cannot be converted exactly, as \`x-gateway-strict\` does for one request.`,
  })

const route = z.strictObject({
  id: option(text.optional(), { description: 'A name for the route, for logs.' }),
  source_model: option(
    text.refine((pattern) => !pattern.slice(0, -1).includes('*'), {
      error: 'must be a model name, a prefix that ends in *, or * alone',
    }),
    { description: 'The model that a client asks for: exact, `prefix*`, or `*`.' },
  ),
  target_model: option(text.optional(), {
    description: 'The model to call instead.',
    defaultText: 'the model asked for',
  }),
  target_provider: option(providerId.optional(), {
    description: 'The provider to call.',
    defaultText: 'decided by the model',
  }),
  priority: option(integer(Number.MIN_SAFE_INTEGER).prefault(0), {
    description: 'The highest matching route is used.',
  }),
  enabled: option(flag.prefault(true), { description: 'Routes that are off are ignored.' }),
  strict: strict('route'),
  capabilities: capabilities(),
  description: option(text.optional(), { description: 'For people.' }),
})

/** `model_routes`, global and per key. */
export const modelRoutes = z.strictObject({
  routes: option(z.array(route).prefault([]), { description: 'Which model is answered by which.' }),
  default_behavior: option(choice(['passthrough', 'reject']).prefault('passthrough'), {
    description: 'What becomes of a model that no route matches: it goes the usual way, or is refused.',
  }),
})

/** One entry of `gateway_keys`. */
export const gatewayKey = z.strictObject({
  id: option(text, { description: 'Unique; shown in logs and metrics.' }),
  name: option(text.optional(), { description: 'A name for people.', defaultText: 'the id' }),
  key_hash: option(
    text
      .toLowerCase()
      .regex(/^[0-9a-f]{64}$/, { error: 'must be the SHA-256 of the key: 64 hexadecimal digits' }),
    { description: 'SHA-256 of the key, in hexadecimal. The key itself is never written down.' },
  ),
  permissions: option(choices(['read', 'write']).prefault(['read', 'write']), {
    description: '`read`: models and own usage. `write`: inference.',
  }),
  status: status(),
  models: models('this key may call'),
  quota: option(integer(1).optional(), { description: 'Requests per hour.', defaultText: 'no limit' }),
  passthrough: passthrough(),
  strict: strict('key'),
  account: option(text.optional(), {
    description: 'The id or unique name of the only account that this key uses.',
    defaultText: 'the model decides',
  }),
  model_routes: option(modelRoutes.optional(), {
    description: 'Routes of this key, tried before the global ones.',
  }),
})

const headers = () =>
  option(z.record(headerName, headerValue).optional(), {
    description: 'Headers that go with every request to this upstream; they win over those of a client.',
    defaultText: 'none',
  })

const aws = z
  .strictObject({
    region: option(text, { description: 'The region whose Bedrock answers, such as `us-east-1`.' }),
    access_key_id: option(text.optional(), {
      description: 'An access key.',
      defaultText:
        'found as AWS tools find it: environment, profile, single sign-on, the role of the machine',
    }),
    secret_access_key: option(secret.optional(), { description: 'Its secret.', defaultText: 'as above' }),
    session_token: option(secret.optional(), {
      description: 'Of temporary credentials.',
      defaultText: 'none',
    }),
    profile: option(text.optional(), {
      description: 'A profile of `~/.aws`.',
      defaultText: 'as AWS tools choose',
    }),
  })
  .refine((keys) => (keys.access_key_id === undefined) === (keys.secret_access_key === undefined), {
    error: 'is one half of a pair: access_key_id and secret_access_key belong together',
    path: ['access_key_id'],
  })

const google = z.strictObject({
  project: option(text, { description: 'The Google Cloud project that pays.' }),
  location: option(text.prefault('global'), {
    description: 'Where the models run, such as `europe-west4`.',
  }),
  credentials_file: option(text.optional(), {
    description: 'A service account or workload identity, as the JSON file that Google gives out.',
    defaultText: 'application default credentials',
  }),
  credentials_json: option(secret.optional(), {
    description: 'The content of such a file.',
    defaultText: 'application default credentials',
  }),
})

const azure = z.strictObject({
  tenant_id: option(text.optional(), {
    description: 'The Entra tenant of an application.',
    defaultText: 'the managed identity of the machine',
  }),
  client_id: option(text.optional(), {
    description: 'The application, or a user-assigned managed identity.',
    defaultText: 'the managed identity of the machine',
  }),
  client_secret: option(secret.optional(), {
    description: "The application's secret.",
    defaultText: 'the managed identity of the machine',
  }),
})

/** One entry of `upstream_accounts`. */
export const upstreamAccount = z
  .strictObject({
    id: option(text, { description: 'Unique; shown in logs and metrics.' }),
    name: option(text.optional(), { description: 'A name for people.', defaultText: 'the id' }),
    type: option(choice(ACCOUNT_TYPES).prefault('api-key'), {
      description:
        'How we prove who we are: a key, a sign-in (`oauth`), or the credentials of a cloud (`aws`, `google`, `azure`).',
    }),
    provider: option(providerId, { description: 'The id of a provider, such as `openai`.' }),
    api_key: option(secret.optional(), {
      description: 'The provider\'s key. `api_key: ""` for an upstream that wants none.',
      defaultText: 'required for `api-key`',
    }),
    aws: option(aws.optional(), { description: 'With `type: aws`.', defaultText: 'required for `aws`' }),
    google: option(google.optional(), {
      description: 'With `type: google`.',
      defaultText: 'required for `google`',
    }),
    azure: option(azure.optional(), {
      description: 'With `type: azure`.',
      defaultText: 'a managed identity',
    }),
    oauth: option(z.record(text, z.unknown()).optional(), {
      description:
        'With `type: oauth`: how its provider is signed in to, where that is not as we know it (`token_endpoint`, `authorization_endpoint`, `device_authorization_endpoint`, `client_id`, `scopes`, …).',
      defaultText: 'known for `anthropic` and `qwen`',
    }),
    base_url: baseUrl(),
    dialect: dialect(),
    models: models('this account is used for'),
    headers: headers(),
    capabilities: capabilities(),
    weight: option(integer(0).prefault(1), {
      description: 'Its share among accounts of the same priority; 0 keeps it for when no other is left.',
    }),
    priority: option(integer(Number.MIN_SAFE_INTEGER).prefault(0), {
      description: 'Accounts of the highest priority are used first.',
    }),
    region: option(text.optional(), { description: 'A tag for people and routes.' }),
    status: status(),
  })
  .refine((account) => account.type !== 'aws' || account.aws !== undefined, {
    error: 'is required with type: aws',
    path: ['aws'],
  })
  .refine((account) => account.type !== 'google' || account.google !== undefined, {
    error: 'is required with type: google',
    path: ['google'],
  })
  .refine((account) => account.type !== 'api-key' || account.api_key !== undefined, {
    error: 'is required; write api_key: "" for an upstream that wants none',
    path: ['api_key'],
  })

/** One entry of `providers`. */
export const providerOverride = z.strictObject({ base_url: baseUrl(), dialect: dialect() })

/** One entry of `virtual_keys` in `keys.json`. */
export const keysFileEntry = z.strictObject({
  provider: option(providerId, { description: 'The id of a provider, such as `openai`.' }),
  api_key: option(secret, { description: 'The provider\'s key. `""` for an upstream that wants none.' }),
  base_url: baseUrl(),
  dialect: dialect(),
  models: models('this key may call'),
  quota: option(integer(1).nullable().optional(), {
    description: 'Requests per hour; `null` for no limit.',
    defaultText: '`quota.limit`',
  }),
  passthrough: passthrough(),
  strict: strict('key'),
})
