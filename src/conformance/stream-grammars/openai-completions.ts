import { checkChoices, expectKind } from './choices.ts'
import { type Expectation, type Findings, type ReadEvent, readChunks, takeError } from './findings.ts'

/** @see https://platform.openai.com/docs/api-reference/completions/create (`stream`) */
export function checkOpenAiCompletions(
  events: readonly ReadEvent[],
  expected: Expectation,
  findings: Findings,
): void {
  const chunks = takeError(readChunks(events, expected, findings), expected, findings)
  expectKind(chunks, 'text_completion', findings)
  checkChoices(chunks, expected, findings, (choice) =>
    findings.expect(typeof choice.text === 'string', 'a choice has no text'),
  )
}
