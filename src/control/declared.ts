import { GatewayError } from '../core/errors.ts'

/** What is written in a file is changed there. Throws `read_only` for an id or name that a file declares. */
export function refuseDeclared(
  kind: string,
  idOrName: string,
  declared: readonly { readonly id: string; readonly name: string; readonly source: string }[],
): void {
  const found = declared.find(({ id, name }) => id === idOrName || name === idOrName)
  if (found === undefined) return
  throw new GatewayError(
    'read_only',
    `The ${kind} "${idOrName}" is declared in a file (${found.source}): change it there.`,
  )
}
