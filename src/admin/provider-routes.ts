import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { PRESETS } from '../oauth/presets.ts'
import { PROVIDERS } from '../providers/index.ts'
import type { Provider } from '../providers/provider.ts'
import { answers } from './documented.ts'

const provider = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    aliases: z.array(z.string()).meta({ description: 'Other names that are accepted for its id.' }),
    base_url: z.string().meta({ description: 'May hold `{region}` and the like, which an account says.' }),
    dialects: z.array(z.string()).meta({ description: 'The formats that it speaks itself.' }),
    credential: z
      .enum(['api-key', 'aws', 'google', 'azure'])
      .meta({ description: 'What an account brings: `api_key`, or the group of fields of this name.' }),
    credential_variables: z.array(z.string()),
    model_prefixes: z.array(z.string()),
    sign_in: z
      .strictObject({
        title: z.string(),
        caution: z.string().meta({ description: 'To be shown before somebody signs in.' }),
        flow: z.enum(['code', 'device']),
      })
      .nullable()
      .meta({ description: 'How an account of type `oauth` is signed in to, where that is known.' }),
  })
  .meta({ id: 'Provider' })

const providers = z.strictObject({ items: z.array(provider) }).meta({ id: 'Providers' })

/** What may be configured, for whoever draws a form. */
export function providerRoutes(app: FastifyInstance): void {
  const schema = {
    tags: ['Providers'],
    operationId: 'listProviders',
    summary: 'List the providers that are known',
    response: answers({ 200: providers }),
  }
  app.get('/providers', { schema }, async (): Promise<z.output<typeof providers>> => {
    return { items: [...new Set(PROVIDERS.values())].map(viewProvider) }
  })
}

function viewProvider(known: Provider): z.output<typeof provider> {
  const names = [...PROVIDERS].filter(([, { id }]) => id === known.id).map(([name]) => name)
  return {
    id: known.id,
    title: known.title,
    aliases: names.filter((name) => name !== known.id),
    base_url: known.origin + (Object.values(known.roots)[0] ?? ''),
    dialects: [...known.dialects],
    credential: known.cloud ?? 'api-key',
    credential_variables: [...known.credentialVariables],
    model_prefixes: [...known.modelPrefixes],
    sign_in: viewSignIn(known.id),
  }
}

function viewSignIn(id: string): z.output<typeof provider>['sign_in'] {
  const preset = PRESETS[id]
  if (preset === undefined) return null
  const { title, caution, authorizationEndpoint } = preset
  return { title, caution, flow: authorizationEndpoint === undefined ? 'device' : 'code' }
}
