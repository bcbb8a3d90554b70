import type { JsonObject } from '../../../src/core/json.ts'
import { everywhere, holds, type RequestFeature } from './feature.ts'

const IMAGE = 'iVBORw0KGgo='
const PDF = 'JVBERi0xLjQ='
const SOUND = 'UklGRiQAAAA='
const IMAGE_URL = 'https://images.example/cat.png'
const PDF_URL = 'https://files.example/paper.pdf'

const chat = (content: unknown): JsonObject => ({ messages: [{ role: 'user', content }] })
const responses = (content: unknown): JsonObject => ({ input: [{ role: 'user', content }] })
const messages = (content: unknown): JsonObject => ({ messages: [{ role: 'user', content }] })
const gemini = (...parts: JsonObject[]): JsonObject => ({ contents: [{ role: 'user', parts }] })

const HALF_WAY = 'Speak French from here on.'
const TALK = [
  { role: 'user', content: 'One' },
  { role: 'assistant', content: 'Two' },
  { role: 'user', content: 'Three' },
]

/** What may be said in a conversation, apart from tools. */
export const SAID: readonly RequestFeature[] = [
  {
    id: 'text',
    title: 'Text',
    isOrdinary: true,
    cases: ['MSG-24', 'MSG-28', 'MSG-30', 'PRT-13', 'LEG-01'],
    asks: {
      'openai-chat': chat('Grüße 😀'),
      'openai-completions': { prompt: 'Grüße 😀' },
      'openai-responses': { input: 'Grüße 😀' },
      'anthropic-messages': messages('Grüße 😀'),
      gemini: gemini({ text: 'Grüße 😀' }),
    },
    arrives: everywhere(holds('Grüße 😀')),
  },
  {
    id: 'system-prompt',
    title: 'System prompt',
    cases: ['MSG-01', 'MSG-02', 'MSG-03', 'MSG-05', 'TOP-28'],
    asks: {
      'openai-chat': {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
        ],
      },
      'openai-responses': { instructions: 'Be brief.' },
      'anthropic-messages': { system: 'Be brief.' },
      gemini: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
    },
    arrives: {
      'openai-chat': ({ messages: [first] }) => first.role !== 'user' && holds('Be brief.')(first),
      'openai-responses': ({ instructions }) => instructions === 'Be brief.',
      'anthropic-messages': ({ system }) => holds('Be brief.')(system),
      gemini: ({ systemInstruction }) => holds('Be brief.')(systemInstruction),
    },
  },
  {
    id: 'system-message-half-way',
    title: 'System message half-way',
    cases: ['MSG-04', 'MSG-06', 'MSG-07'],
    asks: {
      'openai-chat': { messages: [...TALK, { role: 'system', content: HALF_WAY }] },
      'openai-responses': { input: [...TALK, { role: 'developer', content: HALF_WAY }] },
      'anthropic-messages': { messages: [...TALK, { role: 'system', content: HALF_WAY }] },
    },
    arrives: everywhere(holds(HALF_WAY)),
  },
  {
    id: 'refusal-in-history',
    title: 'A refusal in the history',
    cases: ['MSG-16'],
    asks: {
      'openai-chat': {
        messages: [TALK[0], { role: 'assistant', content: null, refusal: 'I will not.' }, TALK[2]],
      },
      'openai-responses': {
        input: [
          TALK[0],
          { role: 'assistant', type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] },
          TALK[2],
        ],
      },
    },
    arrives: everywhere(holds('I will not.')),
  },
  {
    id: 'speaker-name',
    title: 'Name of the speaker',
    cases: ['MSG-12'],
    asks: { 'openai-chat': { messages: [{ role: 'user', name: 'ada', content: 'Hi' }] } },
    arrives: { 'openai-chat': holds('"name":"ada"') },
  },
  {
    id: 'beginning-of-the-answer',
    title: 'Beginning of the answer (prefill)',
    cases: ['MSG-11'],
    asks: {
      'openai-chat': { messages: TALK.slice(0, 2) },
      'openai-responses': { input: TALK.slice(0, 2) },
      'anthropic-messages': { messages: TALK.slice(0, 2) },
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'One' }] },
          { role: 'model', parts: [{ text: 'Two' }] },
        ],
      },
    },
    arrives: everywhere(holds('Two')),
  },
  {
    id: 'image-data',
    title: 'Image in the request',
    cases: ['PRT-01', 'PRT-04'],
    asks: {
      'openai-chat': chat([{ type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } }]),
      'openai-responses': responses([
        { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${IMAGE}` },
      ]),
      'anthropic-messages': messages([
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: IMAGE } },
      ]),
      gemini: gemini({ inlineData: { mimeType: 'image/png', data: IMAGE } }),
    },
    arrives: everywhere(holds(IMAGE)),
  },
  {
    id: 'image-url',
    title: 'Image at an address',
    cases: ['PRT-02'],
    asks: {
      'openai-chat': chat([{ type: 'image_url', image_url: { url: IMAGE_URL } }]),
      'openai-responses': responses([{ type: 'input_image', detail: 'auto', image_url: IMAGE_URL }]),
      'anthropic-messages': messages([{ type: 'image', source: { type: 'url', url: IMAGE_URL } }]),
      gemini: gemini({ fileData: { mimeType: 'image/png', fileUri: IMAGE_URL } }),
    },
    arrives: everywhere(holds(IMAGE_URL)),
  },
  {
    id: 'image-detail',
    title: 'How closely to look at an image',
    cases: ['PRT-03'],
    asks: {
      'openai-chat': chat([
        { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}`, detail: 'low' } },
      ]),
      'openai-responses': responses([
        { type: 'input_image', detail: 'low', image_url: `data:image/png;base64,${IMAGE}` },
      ]),
    },
    arrives: {
      'openai-chat': holds('"detail":"low"'),
      'openai-responses': holds('"detail":"low"'),
      gemini: holds('MEDIA_RESOLUTION_LOW'),
    },
  },
  {
    id: 'pdf-data',
    title: 'PDF in the request',
    cases: ['PRT-05'],
    asks: {
      'openai-chat': chat([
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
      ]),
      'openai-responses': responses([
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
      ]),
      'anthropic-messages': messages([
        {
          type: 'document',
          title: 'a.pdf',
          source: { type: 'base64', media_type: 'application/pdf', data: PDF },
        },
      ]),
      gemini: gemini({ inlineData: { mimeType: 'application/pdf', data: PDF } }),
    },
    arrives: everywhere(holds(PDF)),
  },
  {
    id: 'pdf-url',
    title: 'PDF at an address',
    cases: ['PRT-05'],
    asks: {
      'openai-responses': responses([{ type: 'input_file', file_url: PDF_URL }]),
      'anthropic-messages': messages([{ type: 'document', source: { type: 'url', url: PDF_URL } }]),
      gemini: gemini({ fileData: { mimeType: 'application/pdf', fileUri: PDF_URL } }),
    },
    arrives: everywhere(holds(PDF_URL)),
  },
  {
    id: 'text-document',
    title: 'Plain text as a document',
    cases: ['PRT-06', 'PRT-07'],
    asks: {
      'anthropic-messages': messages([
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'All of it.' } },
      ]),
    },
    arrives: everywhere(
      (body) => holds('All of it.')(body) || holds(Buffer.from('All of it.').toString('base64'))(body),
    ),
  },
  {
    id: 'uploaded-file',
    title: 'An upload at the provider',
    cases: ['PRT-08'],
    asks: {
      'openai-chat': chat([{ type: 'file', file: { file_id: 'file-123' } }]),
      'openai-responses': responses([{ type: 'input_file', file_id: 'file-123' }]),
      'anthropic-messages': messages([{ type: 'document', source: { type: 'file', file_id: 'file-123' } }]),
      gemini: gemini({
        fileData: {
          mimeType: 'application/pdf',
          fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/file-123',
        },
      }),
    },
    arrives: everywhere(holds('file-123')),
  },
  {
    id: 'sound',
    title: 'Sound',
    cases: ['PRT-09'],
    asks: {
      'openai-chat': chat([{ type: 'input_audio', input_audio: { data: SOUND, format: 'wav' } }]),
      gemini: gemini({ inlineData: { mimeType: 'audio/wav', data: SOUND } }),
    },
    arrives: everywhere(holds(SOUND)),
  },
  {
    id: 'video',
    title: 'Moving pictures',
    cases: ['PRT-10'],
    asks: { gemini: gemini({ inlineData: { mimeType: 'video/mp4', data: 'AAAAIGZ0eXA=' } }) },
    arrives: { gemini: holds('AAAAIGZ0eXA=') },
  },
]
