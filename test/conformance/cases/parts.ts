import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

/** What messages are made of. */
export const PARTS = section({ feature: 'images', direction: 'request' }, [
  ['PRT-01', 'lossless', 'An image in the request itself'],
  ['PRT-02', ['lossless', 'refused'], 'An image at an address'],
  ['PRT-03', ['lossless', 'approximated', 'dropped'], 'How closely to look at an image'],
  ['PRT-04', 'refused', 'Kinds of images that Anthropic does not read', { to: [MESSAGES] }],
  ['PRT-05', ['lossless', 'refused'], 'A PDF, in the request or at an address', { feature: 'documents' }],
  ['PRT-06', ['lossless', 'approximated'], 'A plain text as a document', { feature: 'documents' }],
  [
    'PRT-07',
    'approximated',
    'Documents of blocks, search results',
    { feature: 'documents', from: [MESSAGES] },
  ],
  ['PRT-08', 'refused', 'An upload at one provider', { feature: 'documents' }],
  ['PRT-09', ['lossless', 'refused'], 'Sound', { feature: 'audio', from: [CHAT, GEMINI] }],
  ['PRT-10', 'refused', 'Moving pictures', { feature: 'video', from: [GEMINI] }],
  ['PRT-11', ['approximated', 'refused'], 'Images that the assistant said'],
  ['PRT-12', 'refused', 'Images in a system message'],
  ['PRT-13', 'lossless', 'Parts keep their order', { feature: 'text' }],
  ['PRT-14', 'lossless', 'What a text part carries besides its text', { feature: 'caching' }],
  [
    'PRT-15',
    ['approximated', 'refused'],
    'Images that a model makes',
    { from: [GEMINI, RESPONSES], direction: 'both' },
  ],
])
