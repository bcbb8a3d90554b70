import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { SignatureV4 } from '@smithy/signature-v4'

export interface TestKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface SignedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** The `authorization` header that Amazon's own signer makes of a request with exactly these headers. */
export async function signedByAmazon(
  request: SignedRequest,
  keys: TestKeys,
  scope: { readonly region: string; readonly service: string },
  signingDate: Date,
): Promise<string | undefined> {
  const [path = '', search = ''] = request.path.split(/\?(.*)/s)
  const signer = new SignatureV4({ ...scope, credentials: keys, sha256: Sha256, applyChecksum: false })
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: request.headers.host ?? '',
      path,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: { ...request.headers },
      body: request.body,
    },
    { signingDate },
  )
  return signed.headers.authorization
}

/** True where a request that arrived is signed as Amazon's signer would have signed it, at the time that it says. */
export async function isSignedBy(
  keys: TestKeys,
  region: string,
  request: {
    readonly method: string
    readonly path: string
    readonly headers: IncomingHttpHeaders
    readonly body: Buffer
  },
): Promise<boolean> {
  const authorization = request.headers.authorization ?? ''
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]))
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? []
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  const scope = { region, service: 'bedrock' }
  return authorization === (await signedByAmazon({ ...request, headers }, keys, scope, date))
}

/** The hash that Amazon's signer is to use, in the form it wants. */
class Sha256 {
  readonly #hash

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    throw new Error('not needed')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
