import type { JsonObject } from '../../core/json.ts'
import type { Carrier, Part } from '../../ir/part.ts'
import { unwrapCarrier } from '../carrier.ts'
import type { Conversation } from './conversation.ts'
import { PARAGRAPH, textsOf } from './decode-output.ts'
import { optionalText } from './fields.ts'
import { given } from './given.ts'

/** Stands for a text's id, which texts have not, in a carrier that came with a text. */
export const TEXT_OWNER = 'text'

/**
 * A reasoning item that a client sends back. What another origin signed comes wrapped; where that was a call or a text, the item's
 * owner gets it back. An item without text and without proof is of no use to anybody and left out.
 */
export function decodeReasoningItem(conversation: Conversation, item: JsonObject, path: string): void {
  const sealed = optionalText(item, 'encrypted_content', `${path}.encrypted_content`) ?? ''
  const summary = textsOf(item.summary)
  const text = [...summary, ...textsOf(item.content)].join(PARAGRAPH)
  const carrier = sealed === '' ? undefined : clientCarrier(sealed, optionalText(item, 'id', `${path}.id`))
  if (carrier !== undefined && isOwned(carrier)) {
    returnToOwner(conversation, carrier)
    return
  }
  if (text === '' && carrier === undefined) return
  conversation.addAssistant([
    { type: 'reasoning', text, ...(summary.length > 0 && { isSummary: true }), ...given({ carrier }) },
  ])
}

function clientCarrier(sealed: string, id: string | undefined): Carrier {
  const carrier = unwrapCarrier(sealed, 'openai-responses', 'encrypted')
  const isOurOwn = carrier.origin === 'openai-responses'
  const itemId = carrier.itemId ?? (isOurOwn && id !== '' ? id : undefined)
  return { ...carrier, ...given({ itemId }) }
}

/** Of foreign carriers only those have an id that belonged to a part which has no slot for them here. */
function isOwned(carrier: Carrier): boolean {
  return carrier.origin !== 'openai-responses' && carrier.itemId !== undefined
}

function returnToOwner(conversation: Conversation, owned: Carrier): void {
  const { itemId, ...carrier } = owned
  const isOwner = (part: Part) =>
    itemId === TEXT_OWNER ? part.type === 'text' : part.type === 'tool-call' && part.callId === itemId
  const isReturned = conversation.returnCarrier(carrier, isOwner)
  if (!isReturned && itemId === TEXT_OWNER) conversation.addAssistant([{ type: 'text', text: '', carrier }])
}
