import * as z from 'zod'
import { DIALECT_IDS } from '../core/dialect-id.ts'
import { option } from './option.ts'
import { choice, choices, flag, integer, secret, text, textList, webUrl } from './values.ts'

// The things of which a configuration holds several: keys, accounts, routes, providers. Field meanings live here, once.

const providerId = text.toLowerCase()
const baseUrl = () =>
  option(webUrl.optional(), {
    description: 'Where the upstream is reached, up to and including its version (`/v1`).',
    defaultText: "the provider's own address",
  })
const dialect = () =>
  option(choice(DIALECT_IDS).optional(), {
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
  account: option(text.optional(), {
    description: 'The id or unique name of the only account that this key uses.',
    defaultText: 'the model decides',
  }),
  model_routes: option(modelRoutes.optional(), {
    description: 'Routes of this key, tried before the global ones.',
  }),
})

/** One entry of `upstream_accounts`. */
export const upstreamAccount = z
  .strictObject({
    id: option(text, { description: 'Unique; shown in logs and metrics.' }),
    name: option(text.optional(), { description: 'A name for people.', defaultText: 'the id' }),
    type: option(choice(['api-key', 'oauth']).prefault('api-key'), {
      description:
        'How we prove who we are. `oauth` is read, but not supported yet: the account stays disabled.',
    }),
    provider: option(providerId, { description: 'The id of a provider, such as `openai`.' }),
    api_key: option(secret.optional(), {
      description: 'The provider\'s key. `api_key: ""` for an upstream that wants none.',
      defaultText: 'required for `api-key`',
    }),
    base_url: baseUrl(),
    dialect: dialect(),
    models: models('this account is used for'),
    status: status(),
  })
  .refine((account) => account.type === 'oauth' || account.api_key !== undefined, {
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
})
