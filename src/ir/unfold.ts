import type { Part } from './part.ts'
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
    {
      type: 'finish',
      finish,
      ...(usage !== undefined && { usage }),
      ...(serviceTier !== undefined && { serviceTier }),
    },
  ]
}

function unfoldPart(part: Part, id: string): StreamEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-start', id },
        ...(part.text === '' ? [] : [{ type: 'text-delta', id, text: part.text } as const]),
        ...(part.citations ?? []).map((citation): StreamEvent => ({ type: 'text-citation', id, citation })),
        { type: 'text-end', id, ...(part.carrier !== undefined && { carrier: part.carrier }) },
      ]
    case 'refusal':
      return [
        { type: 'refusal-start', id },
        { type: 'refusal-delta', id, text: part.text },
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
    default:
      // media in answers has no events of its own
      return []
  }
}
