/** The two halves of a `data:` URL; undefined where the text is none, or is not base64. */
export function parseDataUrl(
  text: string,
): { readonly mediaType: string; readonly data: string } | undefined {
  if (!text.startsWith('data:')) return undefined
  const comma = text.indexOf(',')
  if (comma === -1) return undefined
  const [mediaType = '', ...attributes] = text.slice('data:'.length, comma).split(';')
  if (mediaType === '' || attributes.at(-1) !== 'base64') return undefined
  return { mediaType: properMediaType(mediaType), data: text.slice(comma + 1) }
}

export function writeDataUrl(mediaType: string, data: string): string {
  return `data:${properMediaType(mediaType)};base64,${data}`
}

/** `image/jpg` is no media type, yet half the world sends it. */
function properMediaType(mediaType: string): string {
  const lower = mediaType.toLowerCase()
  return lower === 'image/jpg' ? 'image/jpeg' : lower
}
