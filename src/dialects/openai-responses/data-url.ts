import { isBase64, properMediaType } from '../media-type.ts'

/** The two halves of a `data:` URL; undefined where the text is none, or is not base64. */
export function parseDataUrl(
  text: string,
): { readonly mediaType: string; readonly data: string } | undefined {
  if (!isDataUrl(text)) return undefined
  const comma = text.indexOf(',')
  if (comma === -1) return undefined
  const [mediaType = '', ...attributes] = text.slice('data:'.length, comma).split(';')
  const data = text.slice(comma + 1)
  if (mediaType === '' || attributes.at(-1) !== 'base64' || !isBase64(data)) return undefined
  return { mediaType: properMediaType(mediaType), data }
}

export function isDataUrl(text: string): boolean {
  return /^data:/i.test(text)
}

export function writeDataUrl(mediaType: string, data: string): string {
  return `data:${properMediaType(mediaType)};base64,${data}`
}
