import { isWrapped } from '../carrier.ts'
import type { History } from '../dialect.ts'

/** OpenAI refuses reasoning that it cannot decrypt. */
export const history: History = {
  member: 'input',
  withoutForeignProofs: (item) =>
    item.type === 'reasoning' && isWrapped(item.encrypted_content) ? undefined : item,
}
