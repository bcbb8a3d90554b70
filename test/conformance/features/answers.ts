import type { AnswerFeature } from './feature.ts'
import { replies, written } from './replies.ts'
import { TWO_TOOLS } from './tooling.ts'

const CHATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
const SHOWN = { generationConfig: { thinkingConfig: { includeThoughts: true } } }
const USAGE_WANTED = { stream_options: { include_usage: true } }

const text = (...pieces: string[]) => ({ type: 'text', pieces }) as const
const call = (name: string, ...pieces: string[]) =>
  ({ type: 'tool-call', name, namespace: undefined, isFreeText: false, pieces }) as const
const CALLS = [call('look', '{"zone":', '"z"}'), call('find', '{"zone":"y"}')]

const LENGTHS = ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS']
const REFUSALS = ['content_filter', 'refusal', 'SAFETY', 'PROHIBITED_CONTENT']
const STOPS = ['stop', 'completed', 'end_turn', 'STOP']
const TOOL_ENDS = ['tool_calls', 'completed', 'tool_use', 'STOP']

const SOURCE = { url: 'https://news.example/a', title: 'A' }
const LOGPROBS = [{ token: 'Hi', logprob: -0.25, bytes: [72, 105], top_logprobs: [] }]

const chatAnswer = (message: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Hi', ...message }, finish_reason: 'stop', ...more },
  ],
})
const chatChunk = (delta: object, finish_reason: string | null, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason, ...more }],
})
const response = (part: object) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'completed',
  output: [
    { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [outputText(part)] },
  ],
})
const outputText = (part: object) => ({
  type: 'output_text',
  text: 'Hi',
  annotations: [],
  logprobs: [],
  ...part,
})
const responseEvents = (part: object, ...between: object[]) => {
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
  return [
    { type: 'response.created', response: { ...response(part), status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...place, part: outputText({ text: '' }) },
    ...between.map((event) => ({ ...place, ...event })),
    { type: 'response.output_text.done', ...place, text: 'Hi', ...part },
    { type: 'response.content_part.done', ...place, part: outputText(part) },
    { type: 'response.output_item.done', output_index: 0, item: response(part).output[0] },
    { type: 'response.completed', response: response(part) },
  ]
}
const message = (content: object[]) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
})
const messageEvents = (blocks: { start: object; deltas: object[] }[]) => [
  { type: 'message_start', message: { ...message([]), stop_reason: null } },
  ...blocks.flatMap(({ start, deltas }, index) => [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]),
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
]
const candidate = (more: object) => ({
  responseId: 'r1',
  modelVersion: 'm',
  candidates: [
    { index: 0, content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', ...more },
  ],
})

const ANNOTATION = { type: 'url_citation', start_index: 0, end_index: 2, ...SOURCE }
const CHAT_ANNOTATION = { type: 'url_citation', url_citation: { start_index: 0, end_index: 2, ...SOURCE } }
const LOCATION = { type: 'web_search_result_location', cited_text: 'Hi', encrypted_index: 'e', ...SOURCE }
const GROUNDING = {
  groundingMetadata: {
    groundingChunks: [{ web: { uri: SOURCE.url, title: SOURCE.title } }],
    groundingSupports: [{ segment: { startIndex: 0, endIndex: 2, text: 'Hi' }, groundingChunkIndices: [0] }],
  },
}
const BARE_CALL = { content: { role: 'model', parts: [{ functionCall: { name: 'look' } }] } }
const SEARCHED = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
]

/** What upstreams answer, and what clients see of it. */
export const ANSWERED: readonly AnswerFeature[] = [
  {
    id: 'answer-text',
    title: 'Text of the answer',
    cases: ['RSP-07', 'RSP-08', 'RSP-14', 'STR-32', 'LEG-05', 'STP-01'],
    answers: replies({ parts: [text('Grüße ', '😀')], finish: 'stop' }),
    arrives: ({ text: said, finish }) => said === 'Grüße 😀' && STOPS.includes(finish),
  },
  {
    id: 'answer-calls',
    title: 'Parallel tool calls',
    cases: ['TCL-02', 'TCL-03', 'STP-05', 'STP-20', 'STR-03', 'STR-05', 'STR-08'],
    clients: CHATS,
    asks: TWO_TOOLS,
    answers: replies({ parts: CALLS, finish: 'tool-calls' }),
    arrives: ({ calls, finish }) =>
      JSON.stringify(calls.map(({ name, input }) => [name, input])) ===
        JSON.stringify(CALLS.map(({ name, pieces }) => [name, pieces.join('')])) &&
      new Set(calls.map(({ id }) => id)).size === 2 &&
      TOOL_ENDS.includes(finish),
  },
  {
    id: 'answer-text-and-calls',
    title: 'Text before a call',
    cases: ['RSP-09', 'STR-01', 'STR-02', 'STR-32'],
    clients: CHATS,
    asks: TWO_TOOLS,
    answers: replies({ parts: [text('Let me ', 'see.'), CALLS[0] ?? text()], finish: 'tool-calls' }),
    arrives: ({ text: said, order }) => said === 'Let me see.' && order.join() === 'text,call',
  },
  {
    id: 'answer-call-without-arguments',
    title: 'A call without arguments',
    cases: ['STR-07', 'TCL-01'],
    clients: CHATS,
    asks: TWO_TOOLS,
    answers: {
      ...replies({ parts: [call('look')], finish: 'tool-calls' }),
      gemini: written(candidate(BARE_CALL), [candidate(BARE_CALL)]),
    },
    arrives: ({ calls }) => calls.length === 1 && calls[0]?.input === '{}',
  },
  {
    id: 'answer-reasoning',
    title: 'Reasoning that is shown',
    cases: ['RSN-12', 'RSN-23', 'RSN-24', 'RSN-28', 'RSN-29', 'STR-10'],
    clients: CHATS,
    asks: {
      'openai-responses': { reasoning: { effort: 'low', summary: 'auto' } },
      'anthropic-messages': { thinking: { type: 'adaptive', display: 'summarized' } },
      gemini: SHOWN,
    },
    answers: replies({
      parts: [{ type: 'reasoning', pieces: ['Hm, ', 'let me look.'] }, text('Hi')],
      finish: 'stop',
    }),
    arrives: ({ reasoning, text: said }) => reasoning === 'Hm, let me look.' && said === 'Hi',
  },
  {
    id: 'answer-refusal',
    title: 'A refusal',
    cases: ['RSP-11', 'RSP-13', 'STP-04', 'STP-21', 'STP-27', 'STR-19', 'STR-20'],
    answers: replies({ parts: [{ type: 'refusal', pieces: ['I will not.'] }], finish: 'refusal' }),
    arrives: ({ refusal, text: said, finish }) =>
      REFUSALS.includes(finish) || (refusal !== '' && finish === 'completed') || said === 'I will not.',
  },
  {
    id: 'answer-filtered',
    title: 'An answer that was filtered half-way',
    cases: ['STP-04', 'STP-21'],
    answers: replies({ parts: [text('Half of')], finish: 'content-filter' }),
    arrives: ({ finish }) => REFUSALS.includes(finish),
  },
  {
    id: 'answer-cut',
    title: 'An answer that reached its limit',
    cases: ['STP-03', 'SCH-10', 'STR-15'],
    answers: replies({ parts: [text('Half of')], finish: 'length' }),
    arrives: ({ finish, text: said }) => LENGTHS.includes(finish) && said === 'Half of',
  },
  {
    id: 'answer-empty',
    title: 'An answer of nothing',
    cases: ['RSP-10', 'STR-35'],
    answers: replies({ parts: [], finish: 'stop' }),
    arrives: ({ text: said, calls, finish }) => said === '' && calls.length === 0 && STOPS.includes(finish),
  },
  {
    id: 'answer-usage',
    title: 'Token counts, with cache and reasoning',
    cases: ['USG-01', 'USG-02', 'USG-03', 'USG-04', 'USG-05', 'USG-07', 'USG-08', 'CCH-09'],
    asks: { 'openai-chat': USAGE_WANTED, 'openai-completions': USAGE_WANTED },
    answers: replies({ parts: [text('Hi')], finish: 'stop' }),
    arrives: ({ usage }) =>
      JSON.stringify(usage) ===
        JSON.stringify({ read: 100, fromCache: 40, toCache: 0, written: 30, reasoned: 10 }) ||
      // members stand in another order
      (usage?.read === 100 && usage.fromCache === 40 && usage.written === 30 && usage.reasoned === 10),
  },
  {
    id: 'answer-citations',
    title: 'Sources on the web',
    cases: ['CIT-01', 'CIT-02', 'CIT-03', 'CIT-04', 'CIT-07', 'STR-26'],
    clients: CHATS,
    answers: {
      'openai-chat': written(
        chatAnswer({ annotations: [CHAT_ANNOTATION] }),
        [
          chatChunk({ role: 'assistant', content: 'Hi' }, null),
          chatChunk({ annotations: [CHAT_ANNOTATION] }, null),
          chatChunk({}, 'stop'),
        ],
        ['[DONE]'],
      ),
      'openai-responses': written(
        response({ annotations: [ANNOTATION] }),
        responseEvents(
          { annotations: [ANNOTATION] },
          { type: 'response.output_text.delta', delta: 'Hi' },
          { type: 'response.output_text.annotation.added', annotation_index: 0, annotation: ANNOTATION },
        ),
      ),
      'anthropic-messages': written(
        message([{ type: 'text', text: 'Hi', citations: [LOCATION] }]),
        messageEvents([
          {
            start: { type: 'text', text: '', citations: [] },
            deltas: [
              { type: 'citations_delta', citation: LOCATION },
              { type: 'text_delta', text: 'Hi' },
            ],
          },
        ]),
      ),
      gemini: written(candidate(GROUNDING), [candidate(GROUNDING)]),
    },
    arrives: ({ sources }) => sources.join() === SOURCE.url,
  },
  {
    id: 'answer-logprobs',
    title: 'Log probabilities of the answer',
    cases: ['TOP-13', 'STR-25'],
    clients: ['openai-chat', 'openai-responses', 'gemini'],
    answers: {
      'openai-chat': written(
        chatAnswer({}, { logprobs: { content: LOGPROBS, refusal: null } }),
        [
          chatChunk({ role: 'assistant', content: 'Hi' }, null, {
            logprobs: { content: LOGPROBS, refusal: null },
          }),
          chatChunk({}, 'stop'),
        ],
        ['[DONE]'],
      ),
      'openai-responses': written(
        response({ logprobs: LOGPROBS }),
        responseEvents(
          { logprobs: LOGPROBS },
          { type: 'response.output_text.delta', delta: 'Hi', logprobs: LOGPROBS },
        ),
      ),
    },
    arrives: ({ logprobs }) => logprobs.includes('-0.25'),
  },
  {
    id: 'answer-hosted',
    title: 'Work of the provider’s own tools',
    cases: ['SRV-04', 'STR-38', 'TCL-18'],
    clients: CHATS,
    answers: {
      'openai-responses': written(
        {
          ...response({}),
          output: [
            { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } },
            ...response({}).output,
          ],
        },
        [
          { type: 'response.created', response: { ...response({}), status: 'in_progress', output: [] } },
          {
            type: 'response.output_item.done',
            output_index: 0,
            item: { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } },
          },
          { type: 'response.completed', response: response({}) },
        ],
      ),
      'anthropic-messages': written(
        message([...SEARCHED, { type: 'text', text: 'Hi', citations: null }]),
        messageEvents([
          ...SEARCHED.map((start) => ({ start, deltas: [] })),
          { start: { type: 'text', text: '' }, deltas: [{ type: 'text_delta', text: 'Hi' }] },
        ]),
      ),
      gemini: written(
        candidate({
          content: {
            role: 'model',
            parts: [{ executableCode: { language: 'PYTHON', code: 'print(1)' } }, { text: 'Hi' }],
          },
        }),
        [
          candidate({
            content: {
              role: 'model',
              parts: [{ executableCode: { language: 'PYTHON', code: 'print(1)' } }, { text: 'Hi' }],
            },
          }),
        ],
      ),
    },
    arrives: () => false,
  },
  {
    id: 'answer-paused',
    title: 'A pause within hosted work',
    cases: ['STP-07', 'STP-23', 'SRV-05'],
    answers: {
      'anthropic-messages': written(
        { ...message([{ type: 'text', text: 'Hi', citations: null }]), stop_reason: 'pause_turn' },
        messageEvents([
          { start: { type: 'text', text: '' }, deltas: [{ type: 'text_delta', text: 'Hi' }] },
        ]).map((event) =>
          event.type === 'message_delta' ? { ...event, delta: { stop_reason: 'pause_turn' } } : event,
        ),
      ),
    },
    arrives: ({ finish }) => !STOPS.includes(finish) && !LENGTHS.includes(finish),
  },
]
