import type { ServerResponse } from 'node:http'
import { type RecordedRequest, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'

/** What an upstream does that shows the credential it was called with, by the model that brings it about. */
export const ECHOES = {
  ...statuses(400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 529),
  'echo-text': (response, secret) =>
    response.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${secret}</h1>`),
  'echo-error-list': (response, secret) => sendJson(response, 400, [errorWith(secret)]),
  'echo-error-text': (response, secret) => sendJson(response, 400, { error: `Bad key ${secret}` }),
  'echo-redirect': (response, secret) =>
    response.writeHead(302, { location: `https://elsewhere.test/?key=${encodeURIComponent(secret)}` }).end(),
  'echo-whole-error': (response, secret) => sendJson(response, 200, errorWith(secret)),
  'echo-cut-json': (response, secret) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"id": ${secret}`),
  'echo-headers': (response, secret) => {
    echoInHeaders(response, secret)
    sendJson(response, 400, { error: { message: 'no' } })
  },
  'echo-headers-whole': (response, secret) => {
    echoInHeaders(response, secret)
    sendJson(response, 200, { id: 'x', choices: [] })
  },
  'echo-headers-stream': (response, secret) => {
    echoInHeaders(response, secret)
    sendEvents(response, [...CONTENT, 'data: [DONE]\n\n'])
  },
  'echo-first-event': (response, secret) => sendEvents(response, [eventWith(errorWith(secret))]),
  'echo-late-event': (response, secret) => sendEvents(response, [...CONTENT, eventWith(errorWith(secret))]),
  'echo-late-failure': (response, secret) =>
    sendEvents(response, [...CONTENT, eventWith(failedResponse(secret))]),
  'echo-last-event': (response, secret) =>
    sendEvents(response, [...CONTENT, eventWith(errorWith(secret)).trimEnd()]),
  'echo-broken-event': (response, secret) => sendEvents(response, [...CONTENT, `data: {${secret}\n\n`]),
  'echo-comment-and-reset': (response, secret) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`: ${secret}\n\n`)
    setTimeout(() => response.destroy(), 20)
  },
} as const satisfies Record<string, Echo>

type Echo = (response: ServerResponse, secret: string) => unknown

/** Content in the events of every dialect: each reads its own and takes the rest for something new. */
const CONTENT = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":1}}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"},' +
    '"choices":[{"index":0,"delta":{"content":"hi"}}],"candidates":[{"content":{"parts":[{"text":"hi"}]}}]}\n\n',
]

/** An upstream that fails as {@link ECHOES} says, with the caller's credential in whatever it can be put into. */
export async function startEchoingUpstream(): Promise<ScriptedUpstream> {
  const upstream = await startScriptedUpstream()
  upstream.answerWith((response, request) => {
    const name = Object.keys(ECHOES).find((known) => modelOf(request) === known)
    const echo: Echo = name === undefined ? ECHOES['echo-500'] : ECHOES[name as keyof typeof ECHOES]
    echo(response, credentialOf(request))
  })
  return upstream
}

function statuses<const Status extends number>(...list: Status[]): Record<`echo-${Status}`, Echo> {
  const entries = list.map((status) => [
    `echo-${status}`,
    (response: ServerResponse, secret: string) => sendJson(response, status, errorWith(secret)),
  ])
  return Object.fromEntries(entries)
}

/** An error that reads as one in every family, its code the secret too. */
function errorWith(secret: string): object {
  const message = `Incorrect API key provided: ${secret} (${encodeURIComponent(secret)}).`
  const error = { message, type: 'api_error', param: secret, code: secret, status: 'INTERNAL' }
  return { type: 'error', error }
}

function failedResponse(secret: string): object {
  return { type: 'response.failed', response: { status: 'failed', error: { code: 'x', message: secret } } }
}

function eventWith(json: object): string {
  return `event: error\ndata: ${JSON.stringify(json)}\n\n`
}

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
}

function sendEvents(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  // in two writes that cut the last event in the middle
  const text = events.join('')
  response.write(text.slice(0, -30))
  setTimeout(() => response.end(text.slice(-30)), 10)
}

function echoInHeaders(response: ServerResponse, secret: string): void {
  response.setHeader('x-echo', secret)
  response.setHeader('authorization', `Bearer ${secret}`)
  response.setHeader('x-request-id', `id-of-${secret}`)
  response.setHeader('link', ['<https://a.test>', `<https://b.test/?key=${encodeURIComponent(secret)}>`])
}

function modelOf({ path, body }: RecordedRequest): string {
  return /\/models\/([^:/?]+):/.exec(path)?.[1] ?? /"model":"([^"]+)"/.exec(body.toString())?.[1] ?? ''
}

function credentialOf({ headers }: RecordedRequest): string {
  const own = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key']
  return String(own ?? headers.authorization?.replace(/^Bearer /, '') ?? '')
}
