import { ANSWERED } from './answers.ts'
import type { AnswerFeature, RequestFeature } from './feature.ts'
import { REASONED } from './reasoning.ts'
import { SAID } from './said.ts'
import { SETTINGS } from './settings.ts'
import { TOOLING } from './tooling.ts'

/** Everything that is measured of requests, in the order of the document. */
export const REQUEST_FEATURES: readonly RequestFeature[] = [...SAID, ...TOOLING, ...REASONED, ...SETTINGS]

/** Everything that is measured of answers. */
export const ANSWER_FEATURES: readonly AnswerFeature[] = ANSWERED
