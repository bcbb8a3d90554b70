import { CHAT, COMPLETIONS, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

const OPENAI = [CHAT, COMPLETIONS, RESPONSES] as const

/** Endpoints, credentials and headers. */
export const HEADERS = section({ feature: 'headers', direction: 'request' }, [
  ['HDR-01', 'lossless', 'A key as x-api-key or as bearer token; x-api-key wins', { from: [MESSAGES] }],
  ['HDR-02', 'rule', 'A bearer key; organisation and project go to OpenAI alone', { from: OPENAI }],
  ['HDR-03', 'rule', 'x-goog-api-key, ?key= or bearer; no key in a URL we log or call', { from: [GEMINI] }],
  ['HDR-04', 'rule', 'A missing API version gets a default, an unknown one is refused', { from: [MESSAGES] }],
  [
    'HDR-05',
    'pass-through',
    'The version a client names goes on as it is',
    { from: [MESSAGES], to: [MESSAGES] },
  ],
  ['HDR-06', 'rule', 'Converted requests get the version that their fields need', { to: [MESSAGES] }],
  ['HDR-07', 'rule', 'Sampling under the new version, towards others than Anthropic', { from: [MESSAGES] }],
  ['HDR-08', 'pass-through', 'Beta flags go on unchanged, repeated lines too', { from: [MESSAGES] }],
  ['HDR-09', 'rule', '?beta=true is routed like the plain path', { from: [MESSAGES] }],
  [
    'HDR-10',
    'rule',
    'Every answer has a request id in the header its client reads',
    { direction: 'response' },
  ],
  ['HDR-11', 'rule', 'Retry hints of an upstream reach the client', { direction: 'error' }],
  [
    'HDR-12',
    ['pass-through', 'dropped'],
    'Rate-limit headers pass, but are never made up',
    { direction: 'response' },
  ],
  ['HDR-13', 'rule', 'Every spelling of a Gemini path, slashes in the model included', { from: [GEMINI] }],
  ['HDR-14', 'rule', 'Compressed bodies are read or refused, never taken for JSON'],
  ['HDR-15', 'rule', 'A body that is too large is 413 in the shape of its client', { direction: 'error' }],
  ['HDR-16', 'rule', 'A stream is declared as such, uncompressed and not buffered', { direction: 'stream' }],
])
