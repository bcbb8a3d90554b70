/** A field `model` in the headers of one part. @see https://www.rfc-editor.org/rfc/rfc7578#section-4.2 */
const MODEL_FIELD = /^content-disposition:[^\r\n]*;\s*name=(?:"model"|model)\s*(?:;|$)/im

/** The form with the value of its field `model` spelled anew, and every other byte as it was. The type names the boundary. */
export function setFormModel(body: Buffer, contentType: string, model: string): Buffer {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const delimiter = `--${quoted ?? plain ?? ''}`
  const parts: Buffer[] = []
  let copiedTo = 0
  for (let at = body.indexOf(delimiter); at !== -1; ) {
    const headersEnd = body.indexOf('\r\n\r\n', at)
    const next = body.indexOf(`\r\n${delimiter}`, at + delimiter.length)
    if (headersEnd === -1 || next === -1) break
    if (
      headersEnd < next &&
      MODEL_FIELD.test(body.toString('latin1', at + delimiter.length + 2, headersEnd))
    ) {
      parts.push(body.subarray(copiedTo, headersEnd + 4), Buffer.from(model))
      copiedTo = next
    }
    at = next + 2
  }
  return Buffer.concat([...parts, body.subarray(copiedTo)])
}
