import type { ServerResponse } from 'node:http'
import type { JsonObject } from './json.ts'
import type { Behaviour } from './models.ts'
import { type Playback, play } from './playback.ts'
import { type ErrorFamily, errorBody, type Problem, statusOf } from './problem.ts'
import { mintId } from './reply.ts'
import type { Pace } from './stream-plan.ts'
import { planWhole } from './whole-plan.ts'
import type { Framing } from './wire-event.ts'

/** Where an answer goes, and what its head says about the request. */
export interface Outlet {
  readonly response: ServerResponse
  readonly family: ErrorFamily
  readonly number: number
}

const HTML =
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

export function sendJson(outlet: Outlet, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  const length = Buffer.byteLength(text)
  outlet.response.writeHead(status, {
    ...head(outlet),
    'content-type': JSON_TYPE[outlet.family],
    'content-length': length,
  })
  outlet.response.end(text)
}

/** Sends a whole answer the way a model's behaviour wants it sent. */
export function sendWhole(outlet: Outlet, body: JsonObject, behaviour: Behaviour, pace: Pace): void {
  const { contentLength, playback } = planWhole(JSON.stringify(body), behaviour, pace)
  const headers = { 'content-type': JSON_TYPE[outlet.family], 'content-length': contentLength }
  outlet.response.writeHead(200, { ...head(outlet), ...headers })
  play(outlet.response, playback)
}

export function sendStream(outlet: Outlet, framing: Framing, playback: Playback): void {
  const type = framing === 'json-array' ? JSON_TYPE[outlet.family] : 'text/event-stream; charset=utf-8'
  outlet.response.writeHead(200, { ...head(outlet), 'content-type': type, 'cache-control': 'no-cache' })
  play(outlet.response, playback)
}

/** Sends an error. A stream that would have been a JSON array has its error in an array, too. */
export function sendProblem(outlet: Outlet, problem: Problem, shape: 'plain' | 'in-array' = 'plain'): void {
  const seconds = problem.retryAfterSeconds
  if (seconds !== undefined) outlet.response.setHeader('retry-after', String(seconds))
  const body = errorBody(outlet.family, problem, requestId(outlet))
  sendJson(outlet, statusOf(problem), shape === 'in-array' ? [body] : body)
}

export function sendHtml(outlet: Outlet): void {
  const headers = { 'content-type': 'text/html', 'content-length': Buffer.byteLength(HTML) }
  outlet.response.writeHead(502, headers).end(HTML)
}

export function sendBytes(outlet: Outlet, contentType: string, bytes: Buffer): void {
  const headers = { ...head(outlet), 'content-type': contentType, 'content-length': bytes.length }
  outlet.response.writeHead(200, headers).end(bytes)
}

const JSON_TYPE = {
  openai: 'application/json',
  anthropic: 'application/json',
  gemini: 'application/json; charset=UTF-8',
} as const

function requestId({ family, number }: Outlet): string {
  return mintId(family === 'anthropic' ? 'req_01' : 'req_', number)
}

function head(outlet: Outlet): Record<string, string> {
  switch (outlet.family) {
    case 'openai':
      return {
        'x-request-id': requestId(outlet),
        'openai-version': '2020-10-01',
        'openai-processing-ms': '1',
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-remaining-requests': '9999',
      }
    case 'anthropic':
      return {
        'request-id': requestId(outlet),
        'anthropic-ratelimit-requests-limit': '4000',
        'anthropic-ratelimit-requests-remaining': '3999',
      }
    case 'gemini':
      return { 'x-gemini-service-tier': 'standard' }
  }
}
