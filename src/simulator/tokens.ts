const LETTERS_PER_TOKEN = 6
const SPACE = 32

/** Tokens of a text: every word with the space before it costs one per six letters. Deterministic, not any vendor's count. */
export function countTokens(text: string): number {
  let tokens = 0
  let start = 0
  let isInWord = false
  for (let index = 0; index < text.length; index += 1) {
    const isSpace = text.charCodeAt(index) <= SPACE
    if (isSpace && isInWord) {
      tokens += tokensOfPiece(index - start)
      start = index
    }
    isInWord = !isSpace
  }
  return tokens + tokensOfPiece(text.length - start)
}

/** A text cut into the pieces it is streamed in: a word with the space before it, at most 24 letters. They join to the text. */
export function splitPieces(text: string): string[] {
  // the u flag keeps a surrogate pair in one piece
  return text.match(/\s*\S{1,24}|\s+/gu) ?? []
}

/** A text cut into fragments of 12 letters, whatever they are, as arguments of tool calls are streamed. They join to the text. */
export function splitFragments(text: string): string[] {
  return text.match(/.{1,12}/gsu) ?? []
}

export function tokensOfPieces(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + tokensOfPiece(piece.length), 0)
}

/** The first pieces that fit into a number of tokens; the last one is cut short where needed. */
export function fitPieces(pieces: readonly string[], maxTokens: number): string[] {
  const kept: string[] = []
  let room = maxTokens
  for (const piece of pieces) {
    if (room <= 0) break
    const tokens = tokensOfPiece(piece.length)
    kept.push(tokens <= room ? piece : cutAtCodePoint(piece, room * LETTERS_PER_TOKEN))
    room -= tokens
  }
  return kept
}

function tokensOfPiece(length: number): number {
  return Math.ceil(length / LETTERS_PER_TOKEN)
}

function cutAtCodePoint(text: string, length: number): string {
  const cut = text.slice(0, length)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}
