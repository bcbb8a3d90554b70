/** Asks for JSON where a model cannot be held to it. */
export const JSON_INSTRUCTION = 'Answer with one valid JSON object and nothing else: no prose, no code fence.'
