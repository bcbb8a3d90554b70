import type { AccountConfig, Config } from '../config/config.ts'
import type { Access } from './access.ts'
import { exampleModelFor, routedName } from './example-models.ts'

/** One line for a POSIX shell that asks the gateway for an answer. Chat Completions do for every provider: what it does not speak is converted. */
export function exampleCall(config: Config, access: Access, url: string): string {
  const body = { model: exampleModel(config), messages: [{ role: 'user', content: 'Hello' }] }
  const parts = [
    // the certificate is for another name than the loopback address of this line
    url.startsWith('https:') ? 'curl -sk' : 'curl -s',
    `${url}/v1/chat/completions`,
    `-H "Authorization: Bearer ${bearer(access)}"`,
    "-H 'content-type: application/json'",
    `-d ${quote(JSON.stringify(body))}`,
  ]
  return parts.join(' ')
}

/** The address for a client on this machine of a gateway that may listen on every interface. */
export function localUrl(url: string): string {
  return url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]')
}

/** Rather of an account that one of the keys is bound to, and of one that we know a model of. */
function exampleModel({ accounts, virtualKeys }: Config): string {
  const isBound = ({ id }: AccountConfig) => virtualKeys.some(({ accountId }) => accountId === id)
  const active = accounts.filter(({ status }) => status === 'active')
  const ordered = [...active.filter(isBound), ...active]
  const account = ordered.find((candidate) => exampleModelFor(candidate) !== undefined)
  const model = account && exampleModelFor(account)
  if (account === undefined || model === undefined) return '<model>'
  return isBound(account) ? model : routedName(account.provider, model)
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
