import type { JsonObject } from '../../core/json.ts'
import {
  type Expectation,
  expectSame,
  type Findings,
  objectIn,
  objectsIn,
  type ReadEvent,
  readObjects,
  takeError,
} from './findings.ts'

/**
 * Chunks of whole parts; each candidate says once why it ends, the first one in the last chunk, with the counts.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function checkGemini(events: readonly ReadEvent[], expected: Expectation, findings: Findings): void {
  const chunks = takeError(readObjects(events, findings), expected, findings)
  const isFinished = new Map<unknown, boolean>()
  chunks.forEach((chunk, position) => {
    findings.at(position)
    const candidates = objectsIn(chunk, 'candidates')
    findings.expect(candidates.length > 0 || 'promptFeedback' in chunk, 'has no candidate')
    for (const candidate of candidates) {
      const { index = 0 } = candidate
      findings.expect(isFinished.get(index) !== true, `candidate ${String(index)} goes on after its end`)
      isFinished.set(index, 'finishReason' in candidate)
      for (const part of objectsIn(objectIn(candidate, 'content'), 'parts'))
        findings.expect(!('partialArgs' in objectIn(part, 'functionCall')), 'has a call in pieces')
    }
  })
  expectSame(chunks, ['responseId', 'modelVersion'], findings)
  if (expected.ending !== 'error') checkEnd(chunks, isFinished, expected, findings)
}

function checkEnd(
  chunks: readonly JsonObject[],
  isFinished: ReadonlyMap<unknown, boolean>,
  { usage }: Expectation,
  findings: Findings,
): void {
  const last = chunks.at(-1) ?? {}
  const ending = objectsIn(last, 'candidates').find(({ index = 0 }) => index === 0) ?? {}
  findings.expect(
    'finishReason' in ending || 'promptFeedback' in last,
    'has no finishReason, though it is the last',
  )
  for (const [index, isOver] of isFinished)
    findings.expect(isOver, `candidate ${String(index)} has no finishReason`)
  if (usage === 'wanted') findings.expect('usageMetadata' in last, 'has no usageMetadata')
}
