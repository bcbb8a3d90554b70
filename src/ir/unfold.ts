import type { Part, RefusalPart, TextPart } from './part.ts'
import type { ChatResponse } from './response.ts'
import type { StreamEvent } from './stream-event.ts'

/** The events of a stream that amounts to this answer, for a client that asked for a stream where the upstream answered whole. */
export function unfoldResponse(response: ChatResponse): StreamEvent[] {
  const { upstreamId, model, createdSeconds, parts, finish, usage, serviceTier, dropped } = response
  return [
    {
      type: 'start',
      model,
      ...(upstreamId !== undefined && { upstreamId }),
      ...(createdSeconds !== undefined && { createdSeconds }),
    },
    ...dropped.map((entry): StreamEvent => ({ type: 'dropped', dropped: entry })),
    ...parts.flatMap((part, index) => unfoldPart(part, `p${index}`)),
    ...unfoldAlternatives(response),
    {
      type: 'finish',
      finish,
      ...(usage !== undefined && { usage }),
      ...(serviceTier !== undefined && { serviceTier }),
    },
  ]
}

function unfoldAlternatives({ alternatives = [] }: ChatResponse): StreamEvent[] {
  return alternatives.flatMap(({ parts, finish }, before) => {
    const choice = before + 1
    const events = parts.flatMap((part, index) => unfoldPart(part, `${choice}.p${index}`))
    return [...events, { type: 'finish', finish } as const].map((event) => ({ ...event, choice }))
  })
}

function unfoldPart(part: Part, id: string): StreamEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-start', id, ...phaseOf(part) },
        ...unfoldWords(part, id),
        ...(part.citations ?? []).map((citation): StreamEvent => ({ type: 'text-citation', id, citation })),
        { type: 'text-end', id, ...(part.carrier !== undefined && { carrier: part.carrier }) },
      ]
    case 'refusal':
      return [
        { type: 'refusal-start', id, ...phaseOf(part) },
        ...unfoldWords(part, id),
        { type: 'refusal-end', id },
      ]
    case 'reasoning':
      return [
        { type: 'reasoning-start', id, ...(part.isSummary !== undefined && { isSummary: part.isSummary }) },
        ...(part.text === '' ? [] : [{ type: 'reasoning-delta', id, text: part.text } as const]),
        { type: 'reasoning-end', id, ...(part.carrier !== undefined && { carrier: part.carrier }) },
      ]
    case 'tool-call':
      return [
        {
          type: 'tool-call-start',
          id,
          callId: part.callId,
          name: part.name,
          kind: part.kind,
          ...(part.namespace !== undefined && { namespace: part.namespace }),
        },
        { type: 'tool-call-delta', id, input: part.input },
        { type: 'tool-call-end', id, ...(part.carrier !== undefined && { carrier: part.carrier }) },
      ]
    case 'hosted':
      return [{ type: 'hosted', part }]
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return [{ type: 'media', part }]
    case 'tool-result':
      return [] // only users give results
    default:
      return part satisfies never
  }
}

function unfoldWords({ type, text, logprobs }: TextPart | RefusalPart, id: string): StreamEvent[] {
  if (text === '' && logprobs === undefined) return []
  return [{ type: `${type}-delta`, id, text, ...(logprobs !== undefined && { logprobs }) }]
}

function phaseOf({ phase }: TextPart | RefusalPart): { readonly phase?: string } {
  return phase === undefined ? {} : { phase }
}
