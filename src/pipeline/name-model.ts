import type { UpstreamConverter } from '../dialects/dialect.ts'
import type { StreamEvent } from '../ir/stream-event.ts'

/** The same converter, naming the model that was asked for where the upstream's answers name none. */
export function nameModel(converter: UpstreamConverter, model: string): UpstreamConverter {
  const named = (event: StreamEvent): StreamEvent =>
    event.type === 'start' && event.model === '' ? { ...event, model } : event
  return {
    ...converter,
    decodeResponse: (body) => {
      const response = converter.decodeResponse(body)
      return response.model === '' ? { ...response, model } : response
    },
    createStreamDecoder: () => {
      const decode = converter.createStreamDecoder()
      return (event) => decode(event).map(named)
    },
  }
}
