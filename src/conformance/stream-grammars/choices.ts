import type { JsonObject } from '../../core/json.ts'
import { type Expectation, expectSame, type Findings, objectsIn } from './findings.ts'

/** What Chat and the legacy format have in common: one finish reason per choice, the counts last, and the same head in every chunk. */
export function checkChoices(
  chunks: readonly JsonObject[],
  expected: Expectation,
  findings: Findings,
  onChoice: (choice: JsonObject) => void,
): void {
  const isFinished = new Map<unknown, boolean>()
  chunks.forEach((chunk, position) => {
    findings.at(position)
    for (const choice of objectsIn(chunk, 'choices')) {
      findings.expect(
        isFinished.get(choice.index) !== true,
        `choice ${String(choice.index)} goes on after its end`,
      )
      isFinished.set(choice.index, typeof choice.finish_reason === 'string')
      onChoice(choice)
    }
  })
  findings.at(chunks.length)
  expectSame(chunks, ['id', 'object', 'created', 'model'], findings)
  checkUsage(chunks, expected, findings)
  if (expected.ending === 'error') return
  findings.expect(isFinished.size > 0, 'there is no choice')
  for (const [index, isOver] of isFinished)
    findings.expect(isOver, `choice ${String(index)} has no finish_reason`)
}

/** Every chunk says what it is. */
export function expectKind(chunks: readonly JsonObject[], kind: string, findings: Findings): void {
  chunks.forEach(({ object }, position) => {
    findings.at(position)
    findings.expect(object === kind, `its object is ${String(object)}, not ${kind}`)
  })
}

/** Counts come in one chunk without choices, behind all others; those say null then. */
function checkUsage(chunks: readonly JsonObject[], { usage, ending }: Expectation, findings: Findings): void {
  chunks.forEach((chunk, position) => {
    findings.at(position)
    const isLast = position === chunks.length - 1
    const hasChoices = objectsIn(chunk, 'choices').length > 0
    const isCount = chunk.usage !== undefined && chunk.usage !== null
    findings.expect(hasChoices || (isLast && isCount), 'has no choices and is not the chunk of the counts')
    findings.expect(!(hasChoices && isCount), 'has counts beside its choices')
    if (usage === 'wanted') findings.expect('usage' in chunk, 'does not say usage: null')
    if (usage === 'unwanted') findings.expect(!('usage' in chunk), 'says usage though nobody asked')
  })
  const last = chunks.at(-1)
  if (usage === 'wanted' && ending !== 'error')
    findings.expect(last?.usage !== undefined && last.usage !== null, 'the counts are missing')
}
