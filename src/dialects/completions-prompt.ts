import type { ChatRequest } from '../ir/request.ts'
import type { Report } from './report.ts'

/** A prompt of the first completions API, wherever it is not spoken: chat models answer what its models would have gone on writing. */
export function reportPrompt({ source }: ChatRequest, report: Report): void {
  if (source !== 'openai-completions') return
  report.approximate('prompt', 'it is asked as a message, which a chat model answers rather than continues')
}
