import { section } from './case.ts'

/** Client and upstream speak the same format. */
export const PASS_THROUGH = section({ feature: 'pass-through', direction: 'both' }, [
  ['PAS-01', 'pass-through', 'The body’s bytes, but for a renamed model', { direction: 'request' }],
  ['PAS-02', 'pass-through', 'The vendor’s headers; none of a connection’s own', { direction: 'request' }],
  ['PAS-03', 'pass-through', 'The answer’s bytes and framing', { direction: 'response' }],
  ['PAS-04', 'pass-through', 'The upstream’s errors', { direction: 'error' }],
  ['PAS-05', 'pass-through', 'Usage is read beside the stream', { direction: 'stream' }],
  ['PAS-06', 'pass-through', 'Spellings of numbers and characters'],
  ['PAS-07', 'pass-through', 'Signatures and sealed content'],
  ['PAS-08', 'pass-through', 'Large base64 does not grow', { direction: 'request' }],
  ['PAS-09', 'pass-through', 'Repeated header lines', { direction: 'request' }],
  ['PAS-10', 'pass-through', 'Lengths and encodings are true'],
])
