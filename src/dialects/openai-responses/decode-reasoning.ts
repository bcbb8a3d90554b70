import type { JsonObject } from '../../core/json.ts'
import type { Carrier, Part } from '../../ir/part.ts'
import { unwrapCarrier } from '../carrier.ts'
import type { Places } from '../places.ts'
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
export function decodeReasoningItem(
  { conversation, places }: { readonly conversation: Conversation; readonly places: Places },
  item: JsonObject,
  path: string,
): void {
  const sealed = optionalText(item, 'encrypted_content', `${path}.encrypted_content`) ?? ''
  const summary = textsOf(item.summary)
  const text = [...summary, ...textsOf(item.content)].join(PARAGRAPH)
  const carrier = sealed === '' ? undefined : clientCarrier(sealed, optionalText(item, 'id', `${path}.id`))
  if (carrier !== undefined && isOwned(carrier)) {
    if (!isReturned(conversation, carrier)) {
      const { itemId: _owner, ...proof } = carrier
      conversation.addAssistant([places.note({ type: 'text', text: '', carrier: proof }, path)], path)
    }
    return
  }
  if (text === '' && carrier === undefined) return
  const isSummary = summary.length > 0 && { isSummary: true }
  const part: Part = { type: 'reasoning', text, ...isSummary, ...given({ carrier }) }
  conversation.addAssistant([places.note(part, path)], path)
}

function clientCarrier(sealed: string, id: string | undefined): Carrier | undefined {
  const carrier = unwrapCarrier(sealed, 'openai-responses', 'encrypted')
  if (carrier.payload === '') return undefined
  const isOurOwn = carrier.origin === 'openai-responses'
  const itemId = carrier.itemId ?? (isOurOwn && id !== '' ? id : undefined)
  return { ...carrier, ...given({ itemId }) }
}

/** Of foreign carriers only those have an id that belonged to a part which has no slot for them here. */
function isOwned(carrier: Carrier): boolean {
  return carrier.origin !== 'openai-responses' && carrier.itemId !== undefined
}

/** False for the proof of a text that is not there: it needs one of its own. */
function isReturned(conversation: Conversation, owned: Carrier): boolean {
  const { itemId, ...carrier } = owned
  const isOwner = (part: Part) =>
    itemId === TEXT_OWNER ? part.type === 'text' : part.type === 'tool-call' && part.callId === itemId
  return conversation.returnCarrier(carrier, isOwner) || itemId !== TEXT_OWNER
}
