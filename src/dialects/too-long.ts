/** Each server has words of its own for it, and few have a code. */
const TOO_LONG =
  /\b(prompt|input) is too long|context (length|window|limit|size)|maximum prompt length|exceed(s|ed)?( the)?( maximum| max)? context|input token count .*exceeds/i

/** Does a refusal say that the conversation is longer than the model can read? Agents shorten it when they are told so. */
export function isTooLong(message: string): boolean {
  return TOO_LONG.test(message)
}
