/** A media type as everybody reads it: `image/jpg` is none, yet half the world sends it. */
export function properMediaType(mediaType: string): string {
  const lower = mediaType.toLowerCase()
  return lower === 'image/jpg' ? 'image/jpeg' : lower
}

/** True for base64 of something, with either alphabet. */
export function isBase64(text: string): boolean {
  return text !== '' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(text)
}
