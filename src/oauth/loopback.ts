import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GatewayError } from '../core/errors.ts'
import type { OAuthSettings } from './oauth-settings.ts'

/** A listener on this machine, to which the browser comes back. */
export interface Loopback {
  /** For `startCodeFlow`. */
  readonly redirectUri: string
  /**
   * The address that the browser was sent to, for `completeCodeFlow`; one with another state is turned away, and the wait goes on.
   * Rejects with what `signal` was aborted for.
   */
  waitFor(state: string, signal?: AbortSignal): Promise<string>
  close(): Promise<void>
}

type Visit = { readonly url: URL; readonly answer: (status: number, text: string) => void }

/** Listens on a free port of this machine, for one sign-in. Throws `invalid_request` where that is not possible; close it. */
export async function openLoopback({ loopbackHost, loopbackPath }: OAuthSettings): Promise<Loopback> {
  let visitor: ((visit: Visit) => void) | undefined
  const server = createServer((request, response) =>
    receive(request, response, loopbackPath, (visit) => {
      if (visitor === undefined) visit.answer(503, 'Nobody is waiting for this sign-in.')
      else visitor(visit)
    }),
  )
  // a browser that is sent to `localhost` tries both families
  await listen(server, loopbackHost === '[::1]' ? '::1' : '127.0.0.1')
  const { port } = server.address() as AddressInfo
  return {
    redirectUri: `http://${loopbackHost}:${port}${loopbackPath}`,
    waitFor: (state, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(asError(signal.reason))
        signal?.addEventListener('abort', () => reject(asError(signal.reason)), { once: true })
        visitor = ({ url, answer }) => {
          if (url.searchParams.get('state') !== state) {
            return answer(
              400,
              'This is not the sign-in that is waited for. Use the address that was shown last.',
            )
          }
          const isRefused = url.searchParams.has('error')
          answer(
            200,
            `${isRefused ? 'The sign-in was refused.' : 'Done.'} You can close this window and go back.`,
          )
          resolve(url.href)
        }
      }),
    close: () => closeServer(server),
  }
}

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  visit: (visit: Visit) => void,
): void {
  const answer = (status: number, text: string) => {
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    response.end(`${text}\n`)
  }
  const url = URL.parse(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
  if (url?.pathname !== path) answer(404, 'Nothing here.')
  else if (request.method !== 'GET') answer(405, 'Only GET.')
  else visit({ url, answer })
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new GatewayError(
          'invalid_request',
          `Cannot listen on ${host} for the redirect; paste the code instead.`,
          { cause },
        ),
      )
    })
    server.listen(0, host, resolve)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The wait for the browser was ended.')
}
