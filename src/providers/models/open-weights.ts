import type { Effort } from '../../ir/request.ts'

/**
 * The reasoning efforts that models of open families take, in order of precedence; servers answer 400 to any other. None means that
 * the model does not reason, or does so untold.
 * @see https://docs.mistral.ai/capabilities/reasoning/adjustable and https://huggingface.co/openai/gpt-oss-120b
 */
const FAMILIES: readonly (readonly [name: RegExp, efforts: readonly Effort[]])[] = [
  [/gpt-oss/, ['low', 'medium', 'high']],
  [/mistral-large-4/, ['low', 'medium', 'high']],
  [/mistral-small-(latest|4|26)|mistral-medium-(latest|3[.-]5|26)/, ['none', 'high']],
  [/mistral|mixtral|ministral|codestral|devstral|pixtral|magistral/, []],
  [/(^|[./])(meta-)?llama/, []],
]

/** The efforts that a model takes, by its name in lower case; undefined where we do not know. */
export function effortsOf(model: string): readonly Effort[] | undefined {
  return FAMILIES.find(([name]) => name.test(model))?.[1]
}
