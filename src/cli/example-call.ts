import type { AccountConfig, Config } from '../config/config.ts'
import type { Access } from './access.ts'
import { exampleModelFor } from './example-models.ts'

/** One line for a POSIX shell that asks the gateway for an answer, in the format that the first account speaks itself. */
export function exampleCall(config: Config, access: Access, url: string): string {
  const account = exampleAccount(config)
  const { path, headers, body } = exampleRequest(account)
  const parts = [
    // the certificate is for another name than the loopback address of this line
    url.startsWith('https:') ? 'curl -sk' : 'curl -s',
    url + path,
    `-H "Authorization: Bearer ${bearer(access)}"`,
    ...['content-type: application/json', ...headers].map((header) => `-H '${header}'`),
    `-d ${quote(JSON.stringify(body))}`,
  ]
  return parts.join(' ')
}

/** The address for a client on this machine of a gateway that may listen on every interface. */
export function localUrl(url: string): string {
  return url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]')
}

/** Rather an account that one of the keys is bound to, and one that we know a model of. */
function exampleAccount({ accounts, virtualKeys }: Config): AccountConfig | undefined {
  const active = accounts.filter(({ status }) => status === 'active')
  const bound = active.filter(({ id }) => virtualKeys.some(({ accountId }) => accountId === id))
  return [...bound, ...active].find((account) => exampleModelFor(account) !== undefined) ?? active[0]
}

interface ExampleRequest {
  readonly path: string
  readonly headers: readonly string[]
  readonly body: object
}

function exampleRequest(account: AccountConfig | undefined): ExampleRequest {
  const model = (account && exampleModelFor(account)) ?? '<model>'
  const messages = [{ role: 'user', content: 'Hello' }]
  if (account?.provider === 'anthropic') {
    const headers = ['anthropic-version: 2023-06-01']
    return { path: '/v1/messages', headers, body: { model, max_tokens: 200, messages } }
  }
  if (account?.provider === 'gemini' || account?.provider === 'google') {
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
    return { path: `/v1beta/models/${model}:generateContent`, headers: [], body }
  }
  return { path: '/v1/chat/completions', headers: [], body: { model, messages } }
}

/** A secret stays in its file: the shell reads it there, and no history keeps it. */
function bearer(access: Access): string {
  switch (access.type) {
    case 'demo':
      return access.secret
    case 'local':
      return `$(cat ${quote(access.file)})`
    case 'configured':
      return '<your-key>'
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
