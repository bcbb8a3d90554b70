import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

const HOSTED = section({ feature: 'hosted tools', direction: 'request' }, [
  ['SRV-01', ['dropped', 'refused'], 'A web search of the provider'],
  ['SRV-02', ['dropped', 'refused'], 'Offered is left out, required is refused'],
  ['SRV-03', ['dropped', 'refused'], 'Code, files, images, servers, computers of the provider'],
  ['SRV-04', ['approximated', 'dropped'], 'Blocks of hosted work in an answer', { direction: 'response' }],
  ['SRV-05', 'rule', 'A pause of hosted work', { direction: 'response', to: [MESSAGES] }],
  [
    'SRV-06',
    ['lossless', 'dropped'],
    'How often hosted tools were used',
    { feature: 'usage', direction: 'response' },
  ],
])

const CITED = section({ feature: 'citations', direction: 'response' }, [
  [
    'CIT-01',
    'lossless',
    'Citations of pages between OpenAI’s formats',
    { from: [CHAT, RESPONSES], to: [CHAT, RESPONSES] },
  ],
  ['CIT-02', 'approximated', 'Citations of a block as offsets in the text', { to: [MESSAGES] }],
  ['CIT-03', 'approximated', 'Citations by offset as blocks', { from: [MESSAGES] }],
  ['CIT-04', 'approximated', 'Grounding, counted in bytes', { to: [GEMINI] }],
  ['CIT-05', 'dropped', 'Citations of documents', { to: [MESSAGES] }],
  ['CIT-06', 'rule', 'No citations on the user’s own words', { direction: 'request', to: [MESSAGES] }],
  ['CIT-07', 'lossless', 'Citations within a stream', { direction: 'stream' }],
])

/** Tools that the provider runs, and what they cite. */
export const HOSTED_TOOLS = [...HOSTED, ...CITED]
